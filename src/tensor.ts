import { copyElements, placeOf } from "./element.ts";
import { type CongruentErrorCode, expected, show, showShape } from "./errors.ts";

/** A `Float32Array` over memory of its own (TypeScript ≥ 5.7 tells it from one over shared memory). */
export type Floats = ReturnType<typeof Float32Array.of>;

/** A `Uint8Array` over memory of its own. */
export type Bytes = ReturnType<typeof Uint8Array.of>;

/** Numbers in row-major order, the last axis running fastest. */
export interface Tensor {
  readonly data: Floats;
  readonly shape: readonly number[];
}

/** A mask that a model returns: 1 where a step is valid. */
export interface MaskTensor {
  readonly data: Bytes;
  /** [batch, time] */
  readonly shape: readonly number[];
}

/** Every typed array whose elements are numbers. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** Arrays in arrays, as deep as the tensor has axes; the innermost may be typed. */
export type Nested<T = number> = readonly (T | TypedArray | Nested<T>)[];

/** What is accepted wherever a tensor is: nested arrays, flat data of the exact length, or flat data with a shape. */
export type TensorLike<T = number> =
  | TypedArray
  | Nested<T>
  | { readonly data: TypedArray | readonly T[]; readonly shape: readonly number[] };

/** Flat data and its shape; a shape of one axis stands for any shape of that length. */
export interface Flat {
  readonly data: ArrayLike<unknown>;
  readonly shape: readonly number[];
}

/** Whether a value is a row of something: an array or a typed array. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** Whether a value is flat data with a shape that says its length. */
export function isShaped(value: unknown): value is Flat {
  const { data, shape } = (value ?? {}) as Partial<Flat>;
  return isList(data) && isList(shape);
}

/**
 * Any accepted form → flat data and its shape. The elements are whatever they are.
 *
 * @param wanted the shape that it must have, as {@link fitShape} takes it
 * @param lengths gets the lengths along axis 1 of nested arrays: they may differ, and zeros fill what is missing
 * @throws CongruentError with the given code: not a tensor, data shorter or longer than the shape, rows of unequal length
 */
export function flatten(
  value: unknown,
  code: CongruentErrorCode,
  where: string,
  wanted?: readonly (number | string)[],
  lengths?: number[],
): Flat {
  let flat: Flat;
  if (isShaped(value)) {
    const { data, shape } = value;
    if (data.length !== sizeOf(shape)) {
      const sizes = `whole numbers for ${data.length} elements`;
      throw expected(code, `${where}.shape`, sizes, showShape(Array.from(shape, show)));
    }
    flat = value;
  } else if (isList(value)) {
    flat = flattenNested(value as readonly unknown[], code, where, lengths);
  } else {
    const shape = wanted ? ` of shape ${showShape(wanted)}` : "";
    throw expected(code, where, `an array or { data, shape }${shape}`, show(value));
  }
  return wanted ? fitShape(flat, wanted, code, where) : flat;
}

/** The elements that a shape has room for, NaN where it is none. */
function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const axis of shape) size *= Number.isInteger(axis) && axis >= 0 ? axis : NaN;
  return size;
}

/** What stands where a row is shorter than the longest: a list of any length. */
const absent: readonly unknown[] = [];

/** Arrays in arrays → flat data, an axis at a time; the rest as {@link flatten} has it. */
function flattenNested(
  value: readonly unknown[],
  code: CongruentErrorCode,
  where: string,
  lengths: number[] | undefined,
): Flat {
  let data = value;
  const shape = [data.length];
  for (;;) {
    // An axis is as long as its first part that is not empty.
    const first = data.find((part) => !isList(part) || part.length > 0) ?? data[0];
    if (!isList(first)) return { data, shape };
    const ragged = shape.length === 1 ? lengths : undefined;
    let size = first.length;
    for (let i = 0; i < data.length; i++) {
      const part = data[i];
      if (!isList(part) || (part.length !== size && part !== absent && !ragged)) {
        throw expected(code, placeOf(where, i, shape), `${size} elements`, show(part));
      }
      ragged?.push(part.length);
      size = Math.max(size, part.length);
    }
    const blank = isList(first[0]) ? absent : 0;
    const parts: unknown[] = new Array(data.length * size);
    for (let i = 0; i < data.length; i++) {
      const part = data[i] as readonly unknown[];
      for (let k = 0; k < size; k++) parts[i * size + k] = k < part.length ? part[k] : blank;
    }
    data = parts;
    shape.push(size);
  }
}

/**
 * Checks a shape. An axis of `wanted` that is a word fits every size from 1 up; flat data of the right length fits any
 * shape with at most one such axis, which must be the first.
 *
 * @returns the data in that shape
 * @throws CongruentError with the given code
 */
export function fitShape(
  flat: Flat,
  wanted: readonly (number | string)[],
  code: CongruentErrorCode,
  where: string,
): Flat {
  const { data, shape: given } = flat;
  let shape = given;
  if (shape.length === 1) {
    const rest = wanted.slice(1) as number[];
    shape = [shape[0] / sizeOf(rest), ...rest];
  }
  let fits = shape.length === wanted.length;
  for (let i = 0; i < wanted.length; i++) {
    fits &&= typeof wanted[i] === "number" ? shape[i] === wanted[i] : Number.isInteger(shape[i]) && shape[i] > 0;
  }
  if (!fits) throw expected(code, where, `shape ${showShape(wanted)}`, showShape(given));
  return shape === given ? flat : { data, shape };
}

/**
 * Any accepted form → a new `Float32Array`.
 *
 * @param wanted the shape that it must have, as {@link fitShape} takes it
 * @throws CongruentError with the given code
 */
export function readTensor(
  value: unknown,
  code: CongruentErrorCode,
  where: string,
  wanted?: readonly (number | string)[],
): Tensor {
  const { data: elements, shape } = flatten(value, code, where, wanted);
  const data = new Float32Array(elements.length);
  copyElements(data, elements, shape, { code, where });
  return { data, shape };
}

/**
 * Refuses what outputs cannot be written to.
 * @throws CongruentError `input`
 */
export function checkOut(out: unknown, size: number): asserts out is Float32Array {
  if (!(out instanceof Float32Array && out.length === size)) {
    throw expected("input", "out", `a Float32Array(${size})`, show(out));
  }
}
