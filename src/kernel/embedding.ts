import type { EmbeddingLayer } from "../layers/layer.ts";
import type { KernelMemory } from "./memory.ts";
import {
  advance,
  type Operation,
  type OperationFactory,
  type RunContext,
  type StreamContext,
  type StreamFrame,
} from "./operation.ts";
import type { Scratch } from "./scratch.ts";
import { type KernelSequence, lookUp } from "./sequence.ts";

export const embeddingOperation: OperationFactory<EmbeddingLayer> = (layer, build) => {
  build.embedding = layer;
  return new EmbeddingOperation(layer, build.memory, build.scratch);
};

/** An embedding costs nothing: ids go on as they are, and the layer that wants features looks them up, or need not. */
class EmbeddingOperation implements Operation {
  private mask = new Uint8Array(0);

  constructor(
    private readonly layer: EmbeddingLayer,
    private readonly memory: KernelMemory,
    private readonly scratch: Scratch,
  ) {}

  run(input: KernelSequence, { batch }: RunContext): KernelSequence {
    const { features, maskZero } = this.layer;
    const ids = input.data;
    let { mask } = input;
    if (!batch.validity && batch.useMasks && maskZero) {
      const size = input.rows * input.steps;
      if (this.mask.length !== size) this.mask = new Uint8Array(size);
      mask = this.mask;
      for (let i = 0; i < size; i++) mask[i] = Number(ids[i] !== 0);
    }
    return { ...input, features, embedding: this.layer, mask };
  }

  step(frame: StreamFrame, { useMasks }: StreamContext): void {
    frame.features = this.layer.features;
    frame.embedding = this.layer;
    if (frame.explicit || !useMasks || !this.layer.maskZero) return;
    const { memory, scratch } = this;
    frame.masked = true;
    for (let r = 0; r < frame.rows; r++)
      memory.u8[scratch.mask + r] = Number(memory.i32[(frame.address >> 2) + r] !== 0);
  }
}

/** Turns the ids of a stream's frame into features, if they are ids. */
export function lookUpFrame(memory: KernelMemory, frame: StreamFrame): void {
  const { embedding, rows, features } = frame;
  if (embedding === null) return;
  lookUp(embedding, memory.i32, frame.address >> 2, rows, memory.f32, frame.spare >> 2);
  advance(frame, features, 4 * features);
}
