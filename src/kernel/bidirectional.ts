import type { BidirectionalLayer } from "../layers/layer.ts";
import { bidirectionalPaddingRule } from "../sequence/padding.ts";
import { Store } from "../sequence/sequence.ts";
import { addRecurrence, Direction } from "./gru.ts";
import { copy } from "./memory.ts";
import type { Operation, OperationFactory, RunContext } from "./operation.ts";
import type { Recurrence } from "./recurrence.ts";
import type { KernelSequence } from "./sequence.ts";

const F = Math.fround;

export const bidirectionalOperation: OperationFactory<BidirectionalLayer> = (layer, build) => {
  const slot = build.recurrences.length;
  const forward = addRecurrence(layer.forward, build);
  const backward = addRecurrence(layer.backward, build);
  build.embedding = null;
  return new BidirectionalOperation(layer, forward, backward, slot);
};

/** Two directions over one sequence, and their merge. */
class BidirectionalOperation implements Operation {
  private readonly store = new Store();
  private readonly forward: Direction;
  private readonly backward: Direction;

  constructor(
    private readonly layer: BidirectionalLayer,
    forward: Recurrence,
    backward: Recurrence,
    slot: number,
  ) {
    this.forward = new Direction(forward, slot);
    this.backward = new Direction(backward, slot + 1);
  }

  upload(): void {
    this.forward.recurrence.upload();
    this.backward.recurrence.upload();
  }

  run(input: KernelSequence, context: RunContext, target: Float32Array | null): KernelSequence {
    const { mergeMode } = this.layer;
    const direct = (direction: Direction): KernelSequence => {
      const rule = bidirectionalPaddingRule(direction.recurrence.layer, context.batch.semantics);
      return direction.run(input, context, null, rule, false);
    };
    const forward = direct(this.forward);
    const a = forward.data as Float32Array;
    const backward = direct(this.backward);
    const b = backward.data as Float32Array;
    const both = mergeMode === "concat" || mergeMode === "none";
    const data = target ?? this.store.take(a.length + (both ? b.length : 0));
    if (mergeMode === "concat") {
      const [f, g] = [forward.features, backward.features];
      for (let i = 0, at = 0; at < data.length; i++, at += f + g) {
        copy(data, at, a, i * f, f);
        copy(data, at + f, b, i * g, g);
      }
      return { ...forward, data, features: f + g };
    }
    if (mergeMode === "none") {
      copy(data, 0, a, 0, a.length);
      copy(data, a.length, b, 0, b.length);
    } else {
      for (let i = 0; i < a.length; i++) {
        data[i] = mergeMode === "sum" ? a[i] + b[i] : mergeMode === "mul" ? a[i] * b[i] : F(a[i] + b[i]) * 0.5;
      }
    }
    return { ...forward, data };
  }
}
