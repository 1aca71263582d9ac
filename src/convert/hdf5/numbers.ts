import { CongruentError } from "../../errors.ts";
import type { Dtype } from "../dtype.ts";

/** How the numbers of a dataset are written. */
export interface NumberType {
  /** Bytes of each. */
  readonly size: number;
  /** null for a type that holds no numbers, or none that are read here. */
  readonly dtype: Dtype | null;
  readonly littleEndian: boolean;
  /** For a message. */
  readonly name: string;
}

/** By the bytes of a float: where its exponent begins and how many bits it has, of how many the fraction is, the bias. */
const floats: Readonly<Record<string, Dtype>> = {
  "2:10,5,10,15": "f16",
  "2:7,8,7,127": "bf16",
  "4:23,8,23,127": "f32",
  "8:52,11,52,1023": "f64",
};

/**
 * A datatype message → how to read its numbers. jsfive takes every float of two bytes for the IEEE half, and looks at no
 * field of a float but its size, so the message is read here.
 * Source: HDF5 File Format Specification Version 3.0, IV.A.2.d.
 *
 * @param at where the message begins
 * @throws CongruentError `file`: it is cut off
 */
export function readNumberType(buffer: ArrayBuffer, at: number): NumberType {
  if (at + 20 > buffer.byteLength) throw new CongruentError("file", "HDF5: a datatype is cut off");
  const view = new DataView(buffer, at);
  const kind = view.getUint8(0) & 15;
  const bits = view.getUint8(1);
  const size = view.getUint32(4, true);
  const whole = view.getUint16(8, true) === 0 && view.getUint16(10, true) === 8 * size;
  let dtype: Dtype | null = null;
  if (kind === 1 && whole) {
    const layout = [view.getUint8(12), view.getUint8(13), view.getUint8(15), view.getUint32(16, true)];
    // No VAX order, the fraction from bit 0 with its first 1 implied, the sign in the last bit.
    const plain = (bits & 0x70) === 0x20 && view.getUint8(14) === 0 && view.getUint8(2) === 8 * size - 1;
    dtype = (plain && floats[`${size}:${layout}`]) || null;
  }
  if (kind === 0 && whole && [1, 2, 4, 8].includes(size)) dtype = `${bits & 8 ? "i" : "u"}${8 * size}` as Dtype;
  return { size, dtype, littleEndian: (bits & 1) === 0, name: dtype ?? `a type of class ${kind} with ${size} bytes` };
}
