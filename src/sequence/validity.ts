import { expected, show, showCell } from "../errors.ts";
import { fitShape, flatten, type TensorLike, type TypedArray } from "../tensor.ts";
import type { Semantics } from "./semantics.ts";

/** How many steps of each row are valid, from the first on: [batch]. `dynamic_rnn`'s `sequence_length`. */
export type Lengths = TypedArray | readonly number[];

/** Which steps are valid: true or 1 where one is, [batch, time] or [batch, time, 1]. */
export type Mask = TensorLike<number | boolean>;

/**
 * Clears the steps that lengths leave out.
 *
 * @param validity (B, T), changed
 * @param clamp whether a length beyond T is T
 * @throws CongruentError `lengths`: not one for each row, fractional, negative or beyond the time axis, as the semantics
 *   have it
 */
export function applyLengths(
  validity: Uint8Array,
  rows: number,
  steps: number,
  lengths: ArrayLike<unknown>,
  clamp: boolean,
  { negativeLength }: Semantics,
): void {
  if (lengths?.length !== rows) throw expected("lengths", "lengths", `${rows}, one for each row`, show(lengths));
  for (let row = 0; row < rows; row++) {
    const length = lengths[row] as number;
    if (!Number.isInteger(length) || (length < 0 && negativeLength === "error") || (length > steps && !clamp)) {
      throw expected("lengths", `lengths[${row}]`, `a whole number from 0 to ${steps}`, show(length));
    }
    validity.fill(0, row * steps + Math.min(Math.max(length, 0), steps), (row + 1) * steps);
  }
}

/**
 * Clears the steps that a mask leaves out.
 *
 * @param validity (B, T), changed
 * @throws CongruentError `mask`: another shape, or an element that is not true, false, 0 or 1
 */
export function applyMask(validity: Uint8Array, rows: number, steps: number, mask: unknown): void {
  const size = rows * steps;
  let data = mask as ArrayLike<unknown>;
  // The usual typed mask needs no description, and so no allocation.
  if (!(mask instanceof Uint8Array && mask.length === size)) {
    const flat = flatten(mask, "mask", "mask");
    const shape = flat.shape.length === 3 && flat.shape[2] === 1 ? flat.shape.slice(0, 2) : flat.shape;
    fitShape({ ...flat, shape }, [rows, steps], "mask", "mask");
    data = flat.data;
  }
  for (let i = 0; i < size; i++) {
    if (!readBit(data[i], "mask", i, steps)) validity[i] = 0;
  }
}

/**
 * Whether a step is valid.
 *
 * @param cell index into (rows, steps), for the message
 * @throws CongruentError `mask`: neither true, false, 0 nor 1
 */
export function readBit(value: unknown, where: string, cell: number, steps: number): boolean {
  if (value === true || value === 1) return true;
  if (value === false || value === 0) return false;
  throw expected("mask", showCell(where, cell, steps), "true, false, 0 or 1", show(value));
}
