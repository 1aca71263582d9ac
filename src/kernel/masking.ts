import type { MaskingLayer } from "../layers/layer.ts";
import { createStore } from "../sequence/sequence.ts";
import { padded } from "./memory.ts";
import type { OperationFactory } from "./operation.ts";

/** Masks the steps whose features all equal one value, and puts zeros there. */
export const maskingOperation: OperationFactory<MaskingLayer> = ({ maskValue }, build) => {
  const masks = createStore(Uint8Array);

  /** Puts zeros over a step that is all of the value. (-0 equals 0, NaN nothing.) @returns 0 then, else 1 */
  function blank(data: Float32Array, at: number, features: number): number {
    for (let i = 0; i < features; i++) if (data[at + i] !== maskValue) return 1;
    data.fill(0, at, at + features);
    return 0;
  }

  return {
    run(input, { validity, useMasks }, _results, store) {
      if (!useMasks) return input;
      const { rows, steps, features } = input;
      const data = store(input.data.length);
      data.set(input.data);
      const mask = masks(rows * steps);
      for (let i = 0; i < mask.length; i++) mask[i] = blank(data, i * features, features);
      return { ...input, data, mask: validity ? input.mask : mask };
    },

    step(frame, x, _y, features) {
      const { useMasks, rows, validity } = frame;
      if (!useMasks) return 0;
      for (let r = 0; r < rows; r++) {
        const valid = blank(build.f32, x + r * padded(features), features);
        if (!validity) build.u8[build.mask + r] = valid;
      }
      frame.mask = build.mask;
      return 0;
    },
  };
};
