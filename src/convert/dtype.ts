import { CongruentError, expected } from "../errors.ts";
import type { Floats } from "../tensor.ts";

/** How a file stores a number. */
export type Dtype = "f16" | "bf16" | "f32" | "f64" | "i8" | "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "u64";

/** Bytes of one number. */
export const itemSize: Readonly<Record<Dtype, number>> = {
  f16: 2,
  bf16: 2,
  f32: 4,
  f64: 8,
  i8: 1,
  u8: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  i64: 8,
  u64: 8,
};

/** The number that begins at a byte. */
type Read = (view: DataView, at: number, littleEndian: boolean) => number;

const readers: Readonly<Record<Dtype, Read>> = {
  f16: (view, at, little) => halves()[view.getUint16(at, little)],
  bf16: (view, at, little) => bfloatToNumber(view.getUint16(at, little)),
  f32: (view, at, little) => view.getFloat32(at, little),
  f64: (view, at, little) => view.getFloat64(at, little),
  i8: (view, at) => view.getInt8(at),
  u8: (view, at) => view.getUint8(at),
  i16: (view, at, little) => view.getInt16(at, little),
  u16: (view, at, little) => view.getUint16(at, little),
  i32: (view, at, little) => view.getInt32(at, little),
  u32: (view, at, little) => view.getUint32(at, little),
  i64: (view, at, little) => Number(view.getBigInt64(at, little)),
  u64: (view, at, little) => Number(view.getBigUint64(at, little)),
};

/** Of this machine. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Which whole numbers are safe in an f32: all up to this size. */
const exactIntegers = 2 ** 24;

/**
 * Numbers of a file → f32. Every f16, bf16 and f32 keeps its value, f64 is rounded to the nearest f32.
 *
 * @param bytes as many items as are wanted, and no more
 * @param where what they are, for a message
 * @throws CongruentError `unsupported`: a whole number beyond ±2²⁴ or an f64 beyond f32's range, which would become
 *   another number; `file`: no whole number of items
 */
export function toFloat32(bytes: Uint8Array, dtype: Dtype, littleEndian: boolean, where: string): Floats {
  const size = itemSize[dtype];
  if (bytes.length % size !== 0) throw expected("file", where, `a multiple of ${size} bytes`, String(bytes.length));
  const floats = new Float32Array(bytes.length / size);
  if (dtype === "f32" && littleEndian === isLittleEndian) {
    new Uint8Array(floats.buffer).set(bytes);
    return floats;
  }
  const read = numberReader(bytes, dtype, littleEndian, where);
  for (let i = 0; i < floats.length; i++) floats[i] = read(i);
  return floats;
}

/**
 * A function that gives the item at an index, checked as {@link toFloat32} checks it.
 *
 * @param bytes where items lie, the first at the beginning
 */
export function numberReader(
  bytes: Uint8Array,
  dtype: Dtype,
  littleEndian: boolean,
  where: string,
): (index: number) => number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = itemSize[dtype];
  const read = readers[dtype];
  if (dtype === "f32" || size <= 2) return (index) => read(view, index * size, littleEndian);
  return (index) => {
    const value = read(view, index * size, littleEndian);
    if (!fits(value, dtype)) {
      const limit =
        dtype === "f64" ? "a number in float32's range" : "a whole number within ±16777216 (float32 has no more)";
      throw new CongruentError("unsupported", `${where}, element ${index}: expected ${limit}, got ${value}`);
    }
    return value;
  };
}

/**
 * Whole numbers of a file, little-endian → f64, which has all up to 2⁵³; beyond that ("to the end") they are rounded.
 * Sizes and positions, not weights.
 */
export function integersOf(bytes: Uint8Array, dtype: Dtype): Float64Array<ArrayBuffer> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = itemSize[dtype];
  return Float64Array.from({ length: bytes.length / size }, (_, i) => readers[dtype](view, i * size, true));
}

/** Whether a number of 4 or 8 bytes stays what it is in an f32, but for rounding. */
function fits(value: number, dtype: Dtype): boolean {
  if (dtype === "f64") return !Number.isFinite(value) || Number.isFinite(Math.fround(value));
  return Math.abs(value) <= exactIntegers;
}

let table: Floats | undefined;

/** The value of every half, by its bits. */
function halves(): Floats {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, bits) => halfToNumber(bits)) as Floats;
  return table;
}

/** IEEE 754 binary16: 1 sign, 5 exponent, 10 fraction bits. */
export function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent ? 2 ** (exponent - 25) * (1024 + fraction) : 2 ** -24 * fraction);
}

const word = new DataView(new ArrayBuffer(4));

/** bfloat16: the upper half of an f32. */
export function bfloatToNumber(bits: number): number {
  word.setUint16(0, bits);
  word.setUint16(2, 0);
  return word.getFloat32(0);
}
