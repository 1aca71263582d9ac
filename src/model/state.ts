import { expected, show } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import { readTensor, type Tensor, type TensorLike } from "../tensor.ts";

/**
 * States to begin with: one of shape [batch, units] for each recurrent direction of the stack, in layer order, forward
 * before backward; null for zeros. With a single direction the state alone will do.
 */
export type InitialState = readonly (TensorLike | null)[] | TensorLike;

/**
 * Reads states given by a user into one array for each slot.
 *
 * @returns by slot (rows, H), or null where none is given; a `Float32Array` of the right length is not copied
 * @throws CongruentError `state`
 */
export function readStates(given: unknown, slots: readonly GruLayer[], rows: number): (Float32Array | null)[] {
  // A single state, unless it is in a list of one. (A row that is alone in its array is the same either way.)
  const listed = Array.isArray(given) && given.length === 1 && typeof given[0] !== "number";
  const list = slots.length === 1 && !listed ? [given] : given;
  if (!Array.isArray(list) || list.length !== slots.length) {
    throw expected("state", "initialState", `an array of ${slots.length} states`, show(list));
  }
  return slots.map(({ units, name }, slot) => {
    const state: unknown = list[slot] ?? null;
    if (state === null) return null;
    if (state instanceof Float32Array && state.length === rows * units) return state;
    return readTensor(state, [rows, units], "state", `initialState of ${name}`).data;
  });
}

/** New states, all zero, by slot (rows, H). */
export function zeroStates(slots: readonly GruLayer[], rows: number): Float32Array[] {
  return slots.map(({ units }) => new Float32Array(rows * units));
}

/** A copy for the user. */
export function stateTensor(state: Float32Array, rows: number): Tensor {
  return { data: new Float32Array(state), shape: [rows, state.length / rows] };
}
