import type { PaddingRule } from "../sequence/padding.ts";
import type { Sequence } from "../sequence/sequence.ts";
import type { Cell } from "./cell.ts";
import { pad } from "./padding.ts";

/** What one GRU direction remembers between steps. */
export interface RecurrentState {
  /** (B, H) */
  readonly h: Float32Array;
  /** (B), 1 once the row has had a valid step. */
  readonly started: Uint8Array;
}

/**
 * A state for the first step.
 *
 * @param initial (B, H), copied; null for zeros
 */
export function initialState(rows: number, units: number, initial: Float32Array | null): RecurrentState {
  const h = new Float32Array(rows * units);
  if (initial !== null) h.set(initial);
  return { h, started: new Uint8Array(rows) };
}

/**
 * One GRU direction over time, each row by itself: a valid step runs the cell and gives the new state as output; a step
 * that is not valid changes no state, reads no input and gives what the padding rule says.
 *
 * @param input (B, T, I)
 * @param state where the recurrence starts; left where it ends
 * @param backwards from the last step to the first
 * @returns (B, T, H), each output at its input's time whatever the direction
 */
export function recurrence(
  cell: Cell,
  units: number,
  input: Sequence,
  state: RecurrentState,
  rule: PaddingRule,
  backwards: boolean,
): Float32Array {
  const { rows, steps, features, data, mask } = input;
  const { h, started } = state;
  const outputs = new Float32Array(rows * steps * units);
  for (let row = 0; row < rows; row++) {
    const hAt = row * units;
    for (let step = 0; step < steps; step++) {
      const cellIndex = row * steps + (backwards ? steps - 1 - step : step); // in (B, T)
      const outAt = cellIndex * units;
      if (mask === null || mask[cellIndex] !== 0) {
        cell(data, cellIndex * features, h, hAt);
        started[row] = 1;
        for (let i = 0; i < units; i++) outputs[outAt + i] = h[hAt + i];
      } else {
        pad(rule, outputs, outAt, h, hAt, units, started[row] !== 0);
      }
    }
  }
  return outputs;
}
