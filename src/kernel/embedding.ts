import { directionsOf, type EmbeddingLayer } from "../layers/layer.ts";
import { createStore } from "../sequence/sequence.ts";
import { copy, padded } from "./memory.ts";
import type { OperationFactory } from "./operation.ts";

/** Looks up the features of ids, unless a GRU comes next, which does better with the ids. */
export const embeddingOperation: OperationFactory<EmbeddingLayer> = (layer, build, _previous, next) => {
  const { features, weights, maskZero } = layer;
  const keepIds = next && directionsOf(next).length > 0;
  const masks = createStore(Uint8Array);

  return {
    run(input, { validity, useMasks }, _results, store) {
      const { data: ids } = input;
      const cells = ids.length;
      const data = keepIds ? ids : store(cells * features);
      const mask = maskZero && useMasks && !validity ? masks(cells) : null;
      for (let i = 0; i < cells; i++) {
        if (mask) mask[i] = Number(ids[i] !== 0);
        if (!keepIds) copy(data, i * features, weights, ids[i] * features, features);
      }
      return { ...input, features, data, mask: mask ?? validity };
    },

    step(frame, x, y) {
      const { useMasks, rows, validity } = frame;
      const made = maskZero && useMasks && !validity;
      for (let r = 0; r < rows; r++) {
        const id = build.i32[x + r * padded(1)];
        if (made) build.u8[build.mask + r] = Number(id !== 0);
        if (!keepIds) copy(build.f32, y + r * padded(features), weights, id * features, features);
      }
      if (made) frame.mask = build.mask;
      return keepIds ? 0 : features;
    },
  };
};
