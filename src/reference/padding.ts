import { expected } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import type { PaddingRule } from "../sequence/padding.ts";
import type { Semantics } from "../sequence/semantics.ts";
import type { RecurrentState } from "./recurrence.ts";

/**
 * Writes the output of one row at one step that is not valid.
 *
 * @param out gets (H) from index `outAt`
 * @param h holds the row's state, (H) from index `hAt`
 * @param started whether the row has had a valid step
 */
export function pad(
  rule: PaddingRule,
  out: Float32Array,
  outAt: number,
  h: Float32Array,
  hAt: number,
  units: number,
  started: boolean,
): void {
  if (rule === "carry-state" || (rule === "carry-output" && started)) {
    for (let i = 0; i < units; i++) out[outAt + i] = h[hAt + i];
  } else {
    out.fill(typeof rule === "object" ? rule.value : 0, outAt, outAt + units);
  }
}

/**
 * Settles, after the last step, the final states of the rows that had no valid step. Nothing touched their initial
 * state, so `initial` asks for nothing.
 *
 * @throws CongruentError `mask`: the rule is `error` and there is such a row
 */
export function settleEmptyRows(layer: GruLayer, state: RecurrentState, rule: Semantics["emptyState"]): void {
  if (rule === "initial") return;
  for (let row = 0; row < state.started.length; row++) {
    if (state.started[row] !== 0) continue;
    if (rule === "error") {
      throw expected("mask", layer.name, `a valid step in row ${row} (emptyState: "error")`, "none");
    }
    state.h.fill(0, row * layer.units, (row + 1) * layer.units);
  }
}
