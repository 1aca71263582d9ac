import { expected, show } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import { readTensor, type TensorLike } from "../tensor.ts";

/**
 * States to begin with: one of shape [batch, units] for each recurrent direction of the stack, in layer order, forward
 * before backward; null for zeros. With a single direction the state alone will do.
 */
export type InitialState = readonly (TensorLike | null)[] | TensorLike;

/**
 * A user's states → one for each slot, not yet read.
 * @throws CongruentError `state`: too few or too many
 */
export function listStates(given: unknown, slots: readonly GruLayer[]): readonly unknown[] {
  // A single state, unless it is in a list of one. (A row that is alone in its array is the same either way.)
  const isListed = Array.isArray(given) && given.length === slots.length && typeof given[0] !== "number";
  if (!isListed && slots.length !== 1) {
    throw expected("state", "initialState", `an array of ${slots.length} states`, show(given));
  }
  return isListed ? given : [given];
}

/**
 * Reads a slot's state.
 *
 * @param kept whether a stateful layer kept it, for the message
 * @returns (rows, H), or null where none is given; a `Float32Array` of the right length is not copied
 * @throws CongruentError `state`
 */
export function readState(given: unknown, { units, name }: GruLayer, rows: number, kept = false): Float32Array | null {
  if (given == null || (given instanceof Float32Array && given.length === rows * units)) return given ?? null;
  const where = `${name}.initialState${kept ? " (kept until resetStates)" : ""}`;
  return readTensor(given, "state", where, [rows, units]).data;
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
