import type { BidirectionalLayer, GruLayer, MergeMode } from "../layers/layer.ts";
import { bidirectionalPaddingRule } from "../sequence/padding.ts";
import type { Sequence } from "../sequence/sequence.ts";
import type { Cell } from "./cell.ts";
import { F } from "./f32.ts";
import { runDirection } from "./gru.ts";
import type { RecurrentState } from "./recurrence.ts";
import type { Rules } from "./rules.ts";

/** A direction's cell with its state. */
export interface Direction {
  readonly cell: Cell;
  readonly state: RecurrentState;
}

/**
 * Two GRUs over the same input, one from each end, merged. Both give their outputs by input time, under any semantics.
 *
 * @param input (B, T, I)
 * @returns (B, T, F), or (B, 1, F) without a mask when the layer does not return a sequence; F is 2H for concat
 * @throws CongruentError `mask`: a row has no valid step and the semantics refuse that
 */
export function bidirectional(
  layer: BidirectionalLayer,
  input: Sequence,
  rules: Rules,
  forward: Direction,
  backward: Direction,
): Sequence {
  const run = (gru: GruLayer, { cell, state }: Direction): Sequence =>
    runDirection(gru, cell, input, rules, state, bidirectionalPaddingRule(gru, rules.semantics));
  return merge(run(layer.forward, forward), run(layer.backward, backward), layer.mergeMode);
}

/**
 * Two outputs into one: side by side (concat), elementwise (sum, mul, and ave, which is half the rounded sum), or one
 * after the other (none).
 */
function merge(a: Sequence, b: Sequence, mode: MergeMode): Sequence {
  switch (mode) {
    case "concat":
      return sideBySide(a, b);
    case "sum":
      return { ...a, data: a.data.map((value, i) => F(value + b.data[i])) };
    case "mul":
      return { ...a, data: a.data.map((value, i) => F(value * b.data[i])) };
    case "ave":
      return { ...a, data: a.data.map((value, i) => F(F(value + b.data[i]) * 0.5)) };
    case "none": {
      const data = new Float32Array(a.data.length + b.data.length);
      data.set(a.data);
      data.set(b.data, a.data.length);
      return { ...a, data };
    }
  }
}

function sideBySide(a: Sequence, b: Sequence): Sequence {
  const features = a.features + b.features;
  const data = new Float32Array(a.rows * a.steps * features);
  for (let i = 0; i < a.rows * a.steps; i++) {
    data.set(a.data.subarray(i * a.features, (i + 1) * a.features), i * features);
    data.set(b.data.subarray(i * b.features, (i + 1) * b.features), i * features + a.features);
  }
  return { ...a, features, data };
}
