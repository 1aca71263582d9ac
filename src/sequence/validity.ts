import { bits, copyElements } from "../element.ts";
import { expected, show } from "../errors.ts";
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
 * @param hasBidirectional whether the model has a bidirectional layer, of which `clamp-forward` speaks
 * @throws CongruentError `lengths`: not one for each row, fractional, negative or beyond the time axis, as the semantics
 *   have it
 */
export function applyLengths(
  validity: Uint8Array,
  rows: number,
  steps: number,
  lengths: ArrayLike<unknown>,
  { negativeLength, longLength }: Semantics,
  hasBidirectional: boolean,
): void {
  if (lengths?.length !== rows) throw expected("lengths", "lengths", `${rows} elements`, show(lengths));
  const clamp = longLength === "clamp" || (longLength === "clamp-forward" && !hasBidirectional);
  for (let row = 0; row < rows; row++) {
    const length = lengths[row] as number;
    if (!Number.isInteger(length) || (length < 0 && negativeLength === "error") || (length > steps && !clamp)) {
      throw expected("lengths", `lengths[${row}]`, `a whole number from 0 to ${steps}`, show(length));
    }
    validity.fill(0, row * steps + Math.max(length, 0), (row + 1) * steps);
  }
}

const maskBits = bits("mask");

/**
 * Reads a mask.
 *
 * @param validity (B, T), gets 1 where a step is valid
 * @throws CongruentError `mask`: another shape, or an element that is not true, false, 0 or 1
 */
export function readMask(validity: Uint8Array, rows: number, steps: number, mask: unknown): void {
  let data = mask as ArrayLike<unknown>;
  const shape = [rows, steps];
  // The usual typed mask needs no description, and so no allocation.
  if (!(mask instanceof Uint8Array && mask.length === validity.length)) {
    const flat = flatten(mask, "mask", "mask");
    const wanted = flat.shape.length === 3 ? [...shape, 1] : shape;
    data = fitShape(flat, wanted, "mask", "mask").data;
  }
  copyElements(validity, data, shape, maskBits);
}
