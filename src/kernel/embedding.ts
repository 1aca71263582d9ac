import type { EmbeddingLayer } from "../layers/layer.ts";
import type { KernelMemory } from "./memory.ts";
import { advance, type OperationFactory, type StreamFrame } from "./operation.ts";
import { lookUp } from "./sequence.ts";

/** An embedding costs nothing: ids go on as they are, and the layer that wants features looks them up, or need not. */
export const embeddingOperation: OperationFactory<EmbeddingLayer> = (layer, build) => {
  const { memory, scratch } = build;
  const { features, maskZero } = layer;
  let own = new Uint8Array(0);
  build.embedding = layer;

  return {
    run(input, { batch }) {
      const ids = input.data;
      let { mask } = input;
      if (!batch.validity && batch.useMasks && maskZero) {
        if (own.length !== ids.length) own = new Uint8Array(ids.length);
        mask = own;
        for (let i = 0; i < ids.length; i++) own[i] = Number(ids[i] !== 0);
      }
      return { ...input, features, embedding: layer, mask };
    },

    step(frame, { useMasks }) {
      frame.features = features;
      frame.embedding = layer;
      if (frame.explicit || !useMasks || !maskZero) return;
      frame.masked = true;
      for (let r = 0; r < frame.rows; r++)
        memory.u8[scratch.mask + r] = Number(memory.i32[(frame.address >> 2) + r] !== 0);
    },
  };
};

/** Turns the ids of a stream's frame into features, if they are ids. */
export function lookUpFrame(memory: KernelMemory, frame: StreamFrame): void {
  const { embedding, rows, features } = frame;
  if (embedding === null) return;
  lookUp(embedding, memory.i32, frame.address >> 2, rows, memory.f32, frame.spare >> 2);
  advance(frame, features, 4 * features);
}
