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
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Whether a value is flat data with a shape that says its length. */
export function isShaped(value: unknown): value is Flat {
  if (typeof value !== "object" || value === null) return false;
  const { data, shape } = value as Partial<Flat>;
  return isList(data) && isList(shape);
}

/**
 * Refuses data that is not as long as its shape says.
 * @throws CongruentError with the given code
 */
export function checkShaped({ data, shape }: Flat, code: CongruentErrorCode, where: string): void {
  let size = 1;
  for (let i = 0; i < shape.length; i++) {
    if (!Number.isInteger(shape[i]) || shape[i] < 0) {
      throw expected(code, `${where}.shape[${i}]`, "a whole number", show(shape[i]));
    }
    size *= shape[i];
  }
  if (data.length !== size) {
    throw expected(code, `${where}.data`, `${size} numbers for shape ${showShape(shape)}`, String(data.length));
  }
}

/** The sizes of nested arrays, going by the first element of each. */
export function shapeOf(value: unknown): number[] {
  const shape: number[] = [];
  for (let part = value; isList(part); part = part[0]) shape.push(part.length);
  return shape;
}

/**
 * Any accepted form → flat data and its shape.
 * @throws CongruentError with the given code: not a tensor, data shorter or longer than the shape, rows of unequal length
 */
export function flatten(value: unknown, code: CongruentErrorCode, where: string): Flat {
  if (isShaped(value)) {
    checkShaped(value, code, where);
    return value;
  }
  if (!isList(value)) throw expected(code, where, "an array, a typed array or { data, shape }", show(value));
  const shape = shapeOf(value);
  if (shape.length === 1) return { data: value, shape };
  const data: unknown[] = [];
  const walk = (part: unknown, axis: number, place: string): void => {
    const size = shape[axis];
    if (axis === shape.length ? isList(part) : !isList(part) || part.length !== size) {
      throw expected(code, place, size === undefined ? "a number" : `${size} elements`, show(part));
    }
    if (!isList(part)) data.push(part);
    else for (let i = 0; i < part.length; i++) walk(part[i], axis + 1, `${place}[${i}]`);
  };
  walk(value, 0, where);
  return { data, shape };
}

/**
 * Checks a shape. An axis of `wanted` that is a word fits every size from 1 up; flat data of the right length fits any
 * shape with at most one such axis, which must be the first.
 *
 * @returns the shape with its words filled in
 * @throws CongruentError with the given code
 */
export function fitShape(
  { shape }: Flat,
  wanted: readonly (number | string)[],
  code: CongruentErrorCode,
  where: string,
): number[] {
  let known = 1;
  for (let i = 1; i < wanted.length; i++) known *= Number(wanted[i]);
  const flat = shape.length === 1 && wanted.length > 1;
  const given = flat ? [shape[0] / known, ...wanted.slice(1)] : shape;
  const fits = (size: number | string, i: number): boolean =>
    typeof size === "number" ? given[i] === size : Number.isInteger(given[i]) && Number(given[i]) > 0;
  if (given.length !== wanted.length || !wanted.every(fits)) {
    throw expected(code, where, `shape ${showShape(wanted)}`, showShape(shape));
  }
  return given as number[];
}

/**
 * Any array of numbers → a new `Float32Array`.
 * @throws CongruentError with the given code: an element that is not a number
 */
export function toFloats(data: ArrayLike<unknown>, code: CongruentErrorCode, where: string): Floats {
  const floats = new Float32Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    if (typeof value !== "number") throw expected(code, `${where}, element ${i}`, "a number", show(value));
    floats[i] = value;
  }
  return floats;
}

/**
 * Any accepted form → a new `Float32Array` of a shape.
 * @throws CongruentError with the given code
 */
export function readTensor(
  value: unknown,
  wanted: readonly (number | string)[],
  code: CongruentErrorCode,
  where: string,
): Tensor {
  const flat = flatten(value, code, where);
  const shape = fitShape(flat, wanted, code, where);
  return { data: toFloats(flat.data, code, where), shape };
}
