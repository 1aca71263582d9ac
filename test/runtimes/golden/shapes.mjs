import { denseOptions, gruOptions } from "./layers.mjs";
import { hashRun } from "./result.mjs";

/** Inputs and units around the kernel's tiles: the vector of 4 and groups of 12 vectors. */
const sizes = [
  [1, 1],
  [2, 3],
  [5, 4],
  [4, 7],
  [9, 8],
  [13, 12],
  [16, 17],
  [24, 24],
  [7, 33],
  [48, 47],
  [49, 48],
  [31, 64],
];

/** Sizes, in both reset modes. */
export const sizeModels = sizes.flatMap(([inputs, units]) =>
  [true, false].map((resetAfter) => ({
    name: `${inputs} inputs, ${units} units, reset ${resetAfter ? "after" : "before"}`,
    run: ({ createModel, gru }, random) => {
      const model = createModel([gru(gruOptions(random, inputs, units, { resetAfter }))]);
      return hashRun(model.run(random.tensor([3, 6, inputs])));
    },
  })),
);

/** Batches around the tiles of rows, every other one ragged. */
export const batchModels = [1, 2, 3, 4, 5, 7, 8, 16, 33].map((rows) => ({
  name: `a batch of ${rows}`,
  run: ({ createModel, gru }, random) => {
    const model = createModel([gru(gruOptions(random, 6, 9))]);
    const lengths = Array.from({ length: rows }, (_, row) => (rows % 2 ? 1 + random.below(9) : 9 - (row % 2)));
    return hashRun(model.run(random.tensor([rows, 9, 6]), { lengths }));
  },
}));

/** What else a cell and a stack can have. */
export const stackModels = [
  {
    name: "no bias",
    run: ({ createModel, gru }, random) => {
      const options = gruOptions(random, 4, 6, { bias: null, recurrentBias: null });
      return hashRun(createModel([gru(options)]).run(random.tensor([2, 5, 4])));
    },
  },
  {
    name: "Keras's bias of two rows, clip 0.5",
    run: ({ createModel, gru }, random) => {
      const options = gruOptions(random, 4, 6, { bias: random.tensor([2, 18]), recurrentBias: null, clip: 0.5 });
      return hashRun(createModel([gru(options)]).run(random.tensor([2, 5, 4], 4)));
    },
  },
  {
    name: "weights and inputs that overflow to infinities and NaN",
    run: ({ createModel, gru }, random) => {
      const model = createModel([gru(gruOptions(random, 4, 6, { activation: "relu" }))]);
      const input = random.tensor([4, 5, 4]);
      input.data[0] = Number.POSITIVE_INFINITY;
      input.data[21] = Number.NaN;
      input.data[43] = 3e38;
      input.data[44] = 3e38;
      input.data[62] = -0;
      return hashRun(model.run(input));
    },
  },
  {
    name: "three GRUs, dropout, dense, softmax",
    run: ({ createModel, gru, dropout, dense }, random) => {
      const model = createModel([
        gru(gruOptions(random, 10, 20)),
        dropout({ rate: 0.5 }),
        gru(gruOptions(random, 20, 11, { resetAfter: false })),
        dense(denseOptions(random, 11, 9, { activation: "gelu" })),
        gru(gruOptions(random, 9, 6, { returnSequences: false })),
        dense(denseOptions(random, 6, 5, { activation: "softmax" })),
      ]);
      return hashRun(model.run(random.tensor([5, 12, 10]), { lengths: [12, 3, 7, 1, 12] }));
    },
  },
  {
    name: "128 units over 300 steps",
    run: ({ createModel, gru }, random) => {
      const model = createModel([gru(gruOptions(random, 8, 128, { returnSequences: false }))]);
      return hashRun(model.run(random.tensor([1, 300, 8])));
    },
  },
  {
    name: "stateful over three runs, time-major",
    run: ({ createModel, gru }, random) => {
      const model = createModel([gru(gruOptions(random, 3, 5, { stateful: true }))]);
      const hash = hashRun(model.run(random.tensor([4, 2, 3]), { timeMajor: true }));
      hashRun(model.run(random.tensor([1, 2, 3]), { timeMajor: true }), hash);
      return hashRun(model.run(random.tensor([6, 2, 3]), { timeMajor: true, lengths: [6, 2] }), hash);
    },
  },
];
