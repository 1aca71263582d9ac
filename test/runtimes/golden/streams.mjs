import { denseOptions, gruOptions } from "./layers.mjs";
import { hashStream } from "./result.mjs";

const framesOf = (random, count, size) => Array.from({ length: count }, () => random.floats(size));

/** Streams: what run() gives, a step at a time. */
export const streamModels = [
  {
    name: "stream of features through a stack",
    run: ({ createModel, gru, dense }, random) => {
      const model = createModel([
        gru(gruOptions(random, 5, 12)),
        gru(gruOptions(random, 12, 7, { resetAfter: false })),
        dense(denseOptions(random, 7, 3, { activation: "tanh" })),
      ]);
      return hashStream(model.stream(), framesOf(random, 40, 5));
    },
  },
  {
    name: "stream of three rows that pause, carried state",
    run: ({ createModel, gru }, random) => {
      const model = createModel([gru(gruOptions(random, 4, 6))]);
      const initialState = random.tensor([3, 6]);
      const stream = model.stream({ rows: 3, semantics: "keras-jax", initialState });
      const masks = Array.from({ length: 20 }, () => Array.from({ length: 3 }, () => random.below(3) > 0));
      return hashStream(stream, framesOf(random, 20, 12), (step) => masks[step]);
    },
  },
  {
    name: "stream of tokens, zero masked",
    run: ({ createModel, embedding, gru }, random) => {
      const weights = random.tensor([6, 3]);
      const model = createModel([embedding({ weights, maskZero: true }), gru(gruOptions(random, 3, 8))]);
      return hashStream(
        model.stream(),
        Array.from({ length: 30 }, () => random.below(6)),
      );
    },
  },
  {
    name: "stream that is restored from a snapshot",
    run: ({ createModel, gru }, random) => {
      const model = createModel([gru(gruOptions(random, 4, 9)), gru(gruOptions(random, 9, 4))]);
      const first = model.stream();
      const hash = hashStream(first, framesOf(random, 10, 4));
      const second = model.stream();
      second.restore(first.snapshot());
      return hashStream(second, framesOf(random, 10, 4), undefined, hash);
    },
  },
];

/** The long one: 10,000 steps. */
export const longStream = {
  name: "a stream of 10,000 steps",
  run: ({ createModel, gru, dense }, random) => {
    const model = createModel([gru(gruOptions(random, 8, 16)), dense(denseOptions(random, 16, 4))]);
    return hashStream(model.stream(), framesOf(random, 10_000, 8));
  },
};
