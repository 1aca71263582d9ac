// Models in int8: every part of the definition, in both precisions. They need `quantize`, of congruent/int8.
import { denseOptions, gruOptions } from "./layers.mjs";
import { hashRun, hashStream } from "./result.mjs";

const precisions = [7, 14];

/** Inputs and units around the kernel's tiles: vectors of 4 columns and of 16 numbers, and groups of them. */
const sizes = [
  [1, 1],
  [3, 5],
  [15, 16],
  [16, 12],
  [17, 33],
  [31, 64],
  [66, 47],
];

/** A GRU, from states that are not zero, over a mask with holes. */
const sizeModels = sizes.flatMap(([inputs, units]) =>
  [true, false].map((resetAfter) => ({
    name: `${inputs} inputs, ${units} units, reset ${resetAfter ? "after" : "before"}`,
    layers: ({ gru }, random) => [gru(gruOptions(random, inputs, units, { resetAfter }))],
    run: (model, random) => {
      const initialState = [random.tensor([4, units])];
      const hash = hashRun(model.run(random.tensor([4, 6, inputs]), { mask: random.mask(4, 6), initialState }));
      return hashRun(model.run(random.tensor([1, 7, inputs], 64)), hash);
    },
  })),
);

/** Batches around the tiles of rows. */
const batchModels = [2, 3, 4, 5, 7, 8, 17, 66].map((rows) => ({
  name: `a batch of ${rows}`,
  layers: ({ gru }, random) => [gru(gruOptions(random, 20, 9))],
  run: (model, random) => {
    const lengths = Array.from({ length: rows }, () => 1 + random.below(5));
    return hashRun(model.run(random.tensor([rows, 5, 20]), { lengths, semantics: "keras" }));
  },
}));

/** @param {number} vocabulary more than 2,700 rows: the projection of every one of them is no longer made at load */
const tokenModel = (vocabulary) => ({
  name: `an embedding of ${vocabulary} rows, bidirectional`,
  layers: ({ embedding, bidirectional }, random) => [
    embedding({ weights: random.tensor([vocabulary, 10]), maskZero: true }),
    bidirectional({
      forward: gruOptions(random, 10, 32),
      backward: gruOptions(random, 10, 32, { resetAfter: false }),
    }),
  ],
  run: (model, random) => hashRun(model.run(random.tokens([3, 9], vocabulary))),
});

const otherModels = [
  {
    name: "no bias, clip, ReLU: a state without bounds",
    layers: ({ gru }, random) => {
      const options = { bias: null, recurrentBias: null, clip: 3, activation: "relu" };
      return [gru(gruOptions(random, 6, 10, options)), gru(gruOptions(random, 10, 6, { activation: "relu" }))];
    },
    run: (model, random) => hashRun(model.run(random.tensor([2, 40, 6], 8))),
  },
  {
    name: "rows of zeros, of huge, tiny and odd numbers",
    layers: ({ gru }, random) => [gru(gruOptions(random, 5, 8))],
    run: (model, random) => {
      const input = random.tensor([8, 2, 5]);
      const rows = [0, -0, 2 ** -100, 2 ** -101, 3e38, Number.POSITIVE_INFINITY, Number.NaN];
      for (const [row, value] of rows.entries()) input.data.fill(value, row * 10, row * 10 + (row < 5 ? 5 : 1));
      return hashRun(model.run(input));
    },
  },
  {
    name: "ties: numbers halfway between two steps",
    layers: ({ gru }, random) => [gru(gruOptions(random, 64, 4))],
    run: (model) => {
      const halves = Float32Array.from({ length: 256 }, (_, i) => ((i & 127) - 64) / 2);
      // The largest number of a row makes its step 1, at one precision or the other.
      for (let row = 0; row < 4; row++) halves[row * 64 + 63] = row < 2 ? 63 : 8191;
      return hashRun(model.run({ data: halves, shape: [4, 1, 64] }));
    },
  },
  {
    name: "three GRUs, dropout, dense, softmax",
    layers: ({ gru, dropout, dense }, random) => [
      gru(gruOptions(random, 10, 20)),
      dropout({ rate: 0.5 }),
      gru(gruOptions(random, 20, 11, { resetAfter: false, goBackwards: true })),
      dense(denseOptions(random, 11, 9, { activation: "gelu" })),
      gru(gruOptions(random, 9, 6, { returnSequences: false })),
      dense(denseOptions(random, 6, 5, { activation: "softmax" })),
    ],
    run: (model, random) => hashRun(model.run(random.tensor([5, 12, 10]), { lengths: [12, 3, 7, 1, 12] })),
  },
  {
    name: "128 units over 300 steps",
    layers: ({ gru }, random) => [gru(gruOptions(random, 8, 128, { returnSequences: false }))],
    run: (model, random) => hashRun(model.run(random.tensor([1, 300, 8]))),
  },
  {
    name: "a stream of features through a stack, restored from a snapshot",
    layers: ({ gru, dense }, random) => [
      gru(gruOptions(random, 5, 12)),
      gru(gruOptions(random, 12, 7, { resetAfter: false })),
      dense(denseOptions(random, 7, 3, { activation: "tanh" })),
    ],
    run: (model, random) => {
      const frames = (count) => Array.from({ length: count }, () => random.floats(5));
      const first = model.stream();
      const hash = hashStream(first, frames(30));
      const second = model.stream();
      second.restore(first.snapshot());
      return hashStream(second, frames(10), undefined, hash);
    },
  },
  {
    name: "a stream of three rows of tokens that pause",
    layers: ({ embedding, gru }, random) => [
      embedding({ weights: random.tensor([6, 3]), maskZero: true }),
      gru(gruOptions(random, 3, 8)),
    ],
    run: (model, random) => {
      const frames = Array.from({ length: 30 }, () => Array.from({ length: 3 }, () => random.below(6)));
      return hashStream(model.stream({ rows: 3, semantics: "keras-jax" }), frames);
    },
  },
];

/**
 * The int8 models whose bits must be the same in every runtime.
 *
 * @type {{ name: string, run: (library: object, random: import("./random.mjs").Random) => import("./hash.mjs").Hash }[]}
 */
export const int8Models = [...sizeModels, ...batchModels, tokenModel(11), tokenModel(2900), ...otherModels].flatMap(
  ({ name, layers, run }) =>
    precisions.map((precision) => ({
      name: `int8, ${precision} bits: ${name}`,
      run: (library, random) => {
        const quantised = library.quantize(layers(library, random), { precision });
        return run(library.createModel(quantised), random);
      },
    })),
);
