import type { EmbeddingLayer, MaskingLayer } from "../layers/layer.ts";
import { Store } from "../sequence/sequence.ts";
import type { KernelMemory } from "./memory.ts";
import type { Operation, OperationFactory, RunContext, StreamContext, StreamFrame } from "./operation.ts";
import type { Scratch } from "./scratch.ts";
import type { KernelSequence } from "./sequence.ts";

export const maskingOperation: OperationFactory<MaskingLayer> = (layer, { memory, scratch }) =>
  new MaskingOperation(layer, memory, scratch);

/** Masks the steps whose features all equal one value, and puts zeros there. */
class MaskingOperation implements Operation {
  private readonly value: number;
  private readonly store = new Store();
  private ids = new Int32Array(0);
  private mask = new Uint8Array(0);

  constructor(
    layer: MaskingLayer,
    private readonly memory: KernelMemory,
    private readonly scratch: Scratch,
  ) {
    this.value = Math.fround(layer.maskValue);
  }

  run(input: KernelSequence, { batch }: RunContext, target: Float32Array | null): KernelSequence {
    if (!batch.useMasks) return input;
    const { rows, steps, features, data, embedding } = input;
    const cells = rows * steps;
    if (this.mask.length !== cells) this.mask = new Uint8Array(cells);
    if (embedding && this.ids.length !== cells) this.ids = new Int32Array(cells);
    const masked = embedding ? this.ids : (target ?? this.store.take(cells * features));
    masked.set(data);
    const size = embedding ? 1 : features;
    for (let cell = 0; cell < cells; cell++) this.mask[cell] = this.blank(masked, cell * size, features, embedding);
    return { ...input, data: masked, mask: batch.validity ? input.mask : this.mask };
  }

  step(frame: StreamFrame, { useMasks }: StreamContext): void {
    if (!useMasks) return;
    const { memory, scratch } = this;
    const { features, embedding } = frame;
    const data = embedding ? memory.i32 : memory.f32;
    for (let r = 0; r < frame.rows; r++) {
      const valid = this.blank(data, (frame.address + r * frame.stride) >> 2, features, embedding);
      if (!frame.explicit) memory.u8[scratch.mask + r] = valid;
    }
    if (!frame.explicit) frame.masked = true;
  }

  /** Puts zeros over a step that is all of the value. @returns 0 then, else 1 */
  private blank(
    data: Float32Array | Int32Array,
    at: number,
    features: number,
    embedding: EmbeddingLayer | null,
  ): number {
    if (embedding) {
      const { vocabulary, weights } = embedding;
      const id = data[at];
      if (id === vocabulary ? this.value !== 0 : !this.fills(weights, id * features, features)) return 1;
      data[at] = vocabulary;
    } else {
      if (!this.fills(data, at, features)) return 1;
      data.fill(0, at, at + features);
    }
    return 0;
  }

  /** Whether all features are the value. (-0 equals 0, NaN nothing.) */
  private fills(data: Float32Array | Int32Array, from: number, features: number): boolean {
    for (let i = 0; i < features; i++) if (data[from + i] !== this.value) return false;
    return true;
  }
}
