import type { GruLayer } from "../layers/layer.ts";
import { type PaddingRule, paddingRule } from "../sequence/padding.ts";
import type { Sequence } from "../sequence/sequence.ts";
import type { Cell } from "./cell.ts";
import { settleEmptyRows } from "./padding.ts";
import { type RecurrentState, recurrence } from "./recurrence.ts";
import type { Rules } from "./rules.ts";

/**
 * A GRU layer.
 *
 * @param input (B, T, I)
 * @param state where the layer starts; left where it ends
 * @returns (B, T, H) with the mask passed on as it came (Keras does not turn it round for `goBackwards` either), or
 *   (B, 1, H) without a mask when the layer does not return a sequence
 * @throws CongruentError `mask`: a row has no valid step and the semantics refuse that
 */
export function gru(layer: GruLayer, cell: Cell, input: Sequence, rules: Rules, state: RecurrentState): Sequence {
  const output = runDirection(layer, cell, input, rules, state, paddingRule(layer, rules.semantics));
  const turned = layer.returnSequences && layer.goBackwards && rules.semantics.backwardsOrder === "processing";
  return turned ? { ...output, data: turnTime(output) } : output;
}

/**
 * One direction over time to what its layer gives: every output by input time, or the last one alone. A last output is
 * the last step's in processing order, padded or not, or the final state.
 *
 * @param rule what outputs hold at steps that are not valid
 * @throws CongruentError as {@link gru}
 */
export function runDirection(
  layer: GruLayer,
  cell: Cell,
  input: Sequence,
  rules: Rules,
  state: RecurrentState,
  rule: PaddingRule,
): Sequence {
  const { rows, steps, mask } = input;
  const { units, goBackwards } = layer;
  const data = recurrence(cell, units, input, state, rule, goBackwards);
  settleEmptyRows(layer, state, rules.semantics.emptyState);
  if (layer.returnSequences) return { rows, steps, features: units, data, mask };

  const last = state.h.slice();
  if (rules.semantics.lastOutput === "step") {
    const t = goBackwards ? 0 : steps - 1;
    for (let row = 0; row < rows; row++) {
      const at = (row * steps + t) * units;
      last.set(data.subarray(at, at + units), row * units);
    }
  }
  return { rows, steps: 1, features: units, data: last, mask: null };
}

/** (B, T, F) with the last step first. */
function turnTime({ rows, steps, features, data }: Sequence): Float32Array {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < steps; t++) {
      const from = (row * steps + t) * features;
      turned.set(data.subarray(from, from + features), (row * steps + steps - 1 - t) * features);
    }
  }
  return turned;
}
