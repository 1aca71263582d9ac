import { directionsOf, type EmbeddingLayer } from "../layers/layer.ts";
import { copy, padded } from "./memory.ts";
import type { OperationFactory } from "./operation.ts";

/** Looks up the features of ids, unless a GRU comes next, which does better with the ids. */
export const embeddingOperation: OperationFactory<EmbeddingLayer> = (layer, build, _previous, next) => {
  const { features, weights, maskZero } = layer;
  const keepIds = next && directionsOf(next).length > 0;
  let mask = new Uint8Array(0);

  return {
    run(input, { validity, useMasks }, _results, store) {
      const { data: ids } = input;
      const cells = ids.length;
      const masks = maskZero && useMasks && !validity;
      const data = keepIds ? ids : store(cells * features);
      if (masks && mask.length !== cells) mask = new Uint8Array(cells);
      for (let i = 0; i < cells; i++) {
        if (masks) mask[i] = Number(ids[i] !== 0);
        if (!keepIds) copy(data, i * features, weights, ids[i] * features, features);
      }
      return { ...input, features, data, mask: masks ? mask : validity };
    },

    step(frame, x, y) {
      const { useMasks, rows, explicit } = frame;
      const masks = maskZero && useMasks && !explicit;
      for (let r = 0; r < rows; r++) {
        const id = build.i32[(x >> 2) + r * padded(1)];
        if (masks) build.u8[build.mask + r] = Number(id !== 0);
        if (!keepIds) copy(build.f32, (y >> 2) + r * padded(features), weights, id * features, features);
      }
      if (masks) frame.masked = true;
      return keepIds ? 0 : features;
    },
  };
};
