// The question that congruent starts from: two padded rows through Embedding, Masking and GRU, in Keras and in TF1.

export const tokens = [
  [1, 2, 1, 0, 0],
  [0, 1, 2, 1, 0],
];

/** @param {object} library congruent, or an entry with the same API */
export function seedLayers({ embedding, masking, gru }) {
  return [
    embedding({
      weights: [
        [0.37, 0.37],
        [1, 1],
        [2, 2],
      ],
    }),
    masking({ maskValue: 0.37 }),
    gru({
      units: 1,
      activation: "linear",
      recurrentActivation: "linear",
      resetAfter: false,
      returnSequences: true,
      kernel: [
        [1, 1, 1],
        [1, 1, 1],
      ],
      recurrentKernel: [[0, 0, 0]],
      bias: [1, 1, 1],
    }),
  ];
}

/** What TensorFlow printed, as float32. */
export const answers = [
  {
    name: "m0",
    layers: (library) => seedLayers(library).slice(0, 1),
    options: {},
    outputs: [1, 2, 1, 0.37, 0.37, 0.37, 1, 2, 1, 0.37].flatMap((value) => [value, value]),
  },
  {
    name: "m1",
    layers: seedLayers,
    options: { mask: false },
    outputs: [-6, -50, -156, -272.7276, -475.83362, -1.2876, -9.862801, -69.314, -213.94202, -373.54672],
  },
  { name: "m2", layers: seedLayers, options: {}, outputs: [-6, -50, -156, -156, -156, 0, -6, -50, -156, -156] },
  {
    name: "old",
    layers: seedLayers,
    options: { lengths: [3, 4] },
    outputs: [-6, -50, -156, 0, 0, 0, -6, -50, -156, 0],
  },
];
