import { expected, show } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import { readTensor, type TensorLike } from "../tensor.ts";

/**
 * States to begin with: one of shape [batch, units] for each recurrent direction of the stack, in layer order, forward
 * before backward; null for zeros. With a single direction the state alone will do.
 */
export type InitialState = readonly (TensorLike | null)[] | TensorLike;

/**
 * A user's states → one for each slot.
 *
 * @param given null for none
 * @param kept by slot: what a stateful layer kept, where none is given
 * @returns by slot: (rows, H), or null for zeros; a `Float32Array` of the right length is not copied
 * @throws CongruentError `state`: too few, too many, or of another shape
 */
export function readStates(
  given: unknown,
  slots: readonly GruLayer[],
  rows: number,
  kept: readonly Float32Array[] = [],
): (Float32Array | null)[] {
  // A single state, unless it is in a list of one. (A row that is alone in its array is the same either way.)
  const isListed = Array.isArray(given) && given.length === slots.length && typeof given[0] !== "number";
  if (!isListed && given != null && slots.length !== 1) {
    throw expected("state", "initialState", `an array of ${slots.length} states`, show(given));
  }
  const states: (Float32Array | null)[] = [];
  for (let i = 0; i < slots.length; i++) {
    const { units, name } = slots[i];
    const own: unknown = isListed ? given[i] : given;
    const state = own ?? kept[i] ?? null;
    states[i] = state as Float32Array | null;
    if (state === null || (state instanceof Float32Array && state.length === rows * units)) continue;
    const where = `${name}.initialState${own == null ? " (kept until resetStates)" : ""}`;
    states[i] = readTensor(state, "state", where, [rows, units]).data;
  }
  return states;
}

/** New states, all zero, by slot (rows, H). */
export function zeroStates(slots: readonly GruLayer[], rows: number): Float32Array[] {
  return slots.map(({ units }) => new Float32Array(rows * units));
}

/** A copy for the user, of a state or a mask: [rows, …]. */
export function copyRows<Data extends Float32Array | Uint8Array>(
  data: Data,
  rows: number,
): { data: ReturnType<Data["slice"]>; shape: number[] } {
  return { data: data.slice() as ReturnType<Data["slice"]>, shape: [rows, data.length / rows] };
}
