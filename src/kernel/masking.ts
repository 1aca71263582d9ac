import type { EmbeddingLayer, MaskingLayer } from "../layers/layer.ts";
import { Store } from "../sequence/sequence.ts";
import type { OperationFactory } from "./operation.ts";

/** Masks the steps whose features all equal one value, and puts zeros there. */
export const maskingOperation: OperationFactory<MaskingLayer> = ({ maskValue }, { memory, scratch }) => {
  const value = Math.fround(maskValue);
  const outputs = new Store();
  let ids = new Int32Array(0);
  let mask = new Uint8Array(0);

  /** Whether all features are the value. (-0 equals 0, NaN nothing.) */
  function fills(data: Float32Array | Int32Array, from: number, features: number): boolean {
    for (let i = 0; i < features; i++) if (data[from + i] !== value) return false;
    return true;
  }

  /** Puts zeros over a step that is all of the value. @returns 0 then, else 1 */
  function blank(
    data: Float32Array | Int32Array,
    at: number,
    features: number,
    embedding: EmbeddingLayer | null,
  ): number {
    if (embedding) {
      const { vocabulary, weights } = embedding;
      const id = data[at];
      if (id === vocabulary ? value !== 0 : !fills(weights, id * features, features)) return 1;
      data[at] = vocabulary;
    } else {
      if (!fills(data, at, features)) return 1;
      data.fill(0, at, at + features);
    }
    return 0;
  }

  return {
    run(input, { batch }, target) {
      if (!batch.useMasks) return input;
      const { features, data, embedding } = input;
      const cells = input.rows * input.steps;
      if (mask.length !== cells) mask = new Uint8Array(cells);
      if (embedding && ids.length !== cells) ids = new Int32Array(cells);
      const masked = embedding ? ids : (target ?? outputs.take(cells * features));
      masked.set(data);
      const size = embedding ? 1 : features;
      for (let cell = 0; cell < cells; cell++) mask[cell] = blank(masked, cell * size, features, embedding);
      return { ...input, data: masked, mask: batch.validity ? input.mask : mask };
    },

    step(frame, { useMasks }) {
      if (!useMasks) return;
      const { features, embedding } = frame;
      const data = embedding ? memory.i32 : memory.f32;
      for (let r = 0; r < frame.rows; r++) {
        const valid = blank(data, (frame.address + r * frame.stride) >> 2, features, embedding);
        if (!frame.explicit) memory.u8[scratch.mask + r] = valid;
      }
      if (!frame.explicit) frame.masked = true;
    },
  };
};
