import type { GruLayer } from "../layers/layer.ts";
import type { Semantics } from "./semantics.ts";

/**
 * The padding rules: all that is decided about steps that are not valid. No state changes there, in any framework; the
 * question is only what the cells hold that nothing was computed for.
 *
 * | rule           | output before the row's first valid step | output after it      |
 * |----------------|------------------------------------------|----------------------|
 * | `zero`         | 0                                        | 0                    |
 * | `carry-output` | 0                                        | the previous output  |
 * | `carry-state`  | the initial state                        | the previous output  |
 * | `{ value }`    | the value                                | the value            |
 *
 * "Before" and "after" go in processing order. A valid step's output is the new state, and padding keeps the state, so
 * "the previous output" is the state as it is.
 */
export type PaddingRule = Semantics["paddedOutput"];

/**
 * The rule of a GRU by itself. `zeroOutputForMask` turns what would be carried into 0; a value that was asked for
 * stays.
 */
export function paddingRule(layer: GruLayer, semantics: Semantics): PaddingRule {
  const rule = semantics.paddedOutput;
  return layer.zeroOutputForMask && typeof rule === "string" ? "zero" : rule;
}

/**
 * The rule of one direction of a bidirectional layer. Where the semantics force zeros they do as Keras does: its
 * Bidirectional sets `zero_output_for_mask = return_sequences` on both directions, whatever the layer itself says, so
 * that it is *off* when only the last output is wanted.
 */
export function bidirectionalPaddingRule(direction: GruLayer, semantics: Semantics): PaddingRule {
  if (semantics.bidirectionalPadding === "same") return paddingRule(direction, semantics);
  return direction.returnSequences ? "zero" : semantics.paddedOutput;
}
