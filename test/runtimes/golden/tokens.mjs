import { denseOptions, gruOptions } from "./layers.mjs";
import { hashRun } from "./result.mjs";

const table = (random) => random.tensor([11, 4]);

/** Embeddings and the masks that layers make. */
export const tokenModels = [
  {
    name: "embedding alone",
    run: ({ createModel, embedding }, random) =>
      hashRun(createModel([embedding({ weights: table(random) })]).run(random.tokens([3, 6], 11))),
  },
  {
    name: "embedding, GRU, reset before",
    run: ({ createModel, embedding, gru }, random) => {
      const layers = [embedding({ weights: table(random) }), gru(gruOptions(random, 4, 6, { resetAfter: false }))];
      return hashRun(createModel(layers).run(random.tokens([3, 8], 11)));
    },
  },
  {
    name: "embedding that masks zero, GRU, dense",
    run: ({ createModel, embedding, gru, dense }, random) => {
      const model = createModel([
        embedding({ weights: table(random), maskZero: true }),
        gru(gruOptions(random, 4, 6)),
        dense(denseOptions(random, 6, 3, { activation: "softmax" })),
      ]);
      return hashRun(model.run(random.tokens([5, 9], 3)));
    },
  },
  {
    name: "embedding, bidirectional, lengths",
    run: ({ createModel, embedding, bidirectional }, random) => {
      const model = createModel([
        embedding({ weights: table(random) }),
        bidirectional({ forward: gruOptions(random, 4, 5), backward: gruOptions(random, 4, 5), mergeMode: "ave" }),
      ]);
      return hashRun(model.run(random.tokens([3, 7], 11), { lengths: [7, 2, 5] }));
    },
  },
  ...["keras", "keras-jax", "tfjs"].map((semantics) => ({
    name: `masking layer under ${semantics}`,
    run: ({ createModel, masking, gru }, random) => {
      const model = createModel([
        masking({ maskValue: -1 }),
        gru(gruOptions(random, 3, 5)),
        gru(gruOptions(random, 5, 2)),
      ]);
      const input = random.tensor([3, 7, 3]);
      for (const cell of [0, 4, 9, 10, 13, 20]) input.data.fill(-1, cell * 3, cell * 3 + 3);
      const hash = hashRun(model.run(input, { semantics }));
      return hashRun(model.run(input, { mask: false }), hash);
    },
  })),
];
