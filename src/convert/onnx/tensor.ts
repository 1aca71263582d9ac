import { CongruentError, expected, showShape } from "../../errors.ts";
import type { Floats } from "../../tensor.ts";
import { bfloatToNumber, type Dtype, halfToNumber, integersOf, itemSize, toFloat32 } from "../dtype.ts";
import { Budget, Message, type NumberKind } from "../protobuf.ts";
import type { TensorProto } from "./proto.ts";

/** How a type's numbers lie in `raw_data`, and in which list of `TensorProto` they lie otherwise. */
interface NumberType {
  readonly dtype: Dtype;
  readonly field: number;
  readonly kind: NumberKind;
  /** A number of the list → the value; 16-bit floats are listed by their bits. */
  readonly listed?: (value: number) => number;
}

/** TensorProto.DataType → how to read it. */
const types: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [1, { dtype: "f32", field: 4, kind: "float" }],
  [2, { dtype: "u8", field: 5, kind: "integer" }],
  [3, { dtype: "i8", field: 5, kind: "integer" }],
  [6, { dtype: "i32", field: 5, kind: "integer" }],
  [7, { dtype: "i64", field: 7, kind: "integer" }],
  // bool
  [9, { dtype: "u8", field: 5, kind: "integer" }],
  [10, { dtype: "f16", field: 5, kind: "integer", listed: halfToNumber }],
  [11, { dtype: "f64", field: 10, kind: "double" }],
  [16, { dtype: "bf16", field: 5, kind: "integer", listed: bfloatToNumber }],
]);

function isRealType({ dtype }: NumberType): boolean {
  return dtype.endsWith("f16") || dtype === "f32" || dtype === "f64";
}

/** How many numbers a tensor has. */
export function countOf(shape: readonly number[], where: string): number {
  let count = 1;
  for (const size of shape) {
    if (!Number.isInteger(size) || size < 0) throw expected("file", where, "whole sizes", showShape(shape));
    count *= size;
  }
  if (!Number.isSafeInteger(count)) throw expected("file", where, "a size that can be", showShape(shape));
  return count;
}

/** Whether a tensor has fractions: weights, not sizes or ids. */
export function isReal(tensor: TensorProto): boolean {
  const type = types.get(tensor.type);
  return type !== undefined && isRealType(type);
}

/** The bytes that a tensor takes in its file; 0 for a type that is not known. */
export function bytesOf(tensor: TensorProto): number {
  const type = types.get(tensor.type);
  return type ? countOf(tensor.shape, tensor.name) * itemSize[type.dtype] : 0;
}

/**
 * Refuses a tensor that cannot have as many numbers as its shape says, before anything is made of it.
 * @throws CongruentError `file`
 */
export function checkStored({ name, shape, message, external }: TensorProto): void {
  const count = countOf(shape, name);
  // A number takes a byte at least.
  if (!external && count > message.length) throw expected("file", name, `${count} numbers`, "fewer");
}

/**
 * The numbers of a tensor of reals, in float32 (double is rounded).
 *
 * @throws CongruentError `file`: as many numbers as the shape says are not there; `unsupported`: another type, or a
 *   double that float32 does not reach
 */
export function readFloats(tensor: TensorProto): Floats {
  const type = typeOf(tensor);
  if (!isRealType(type)) throw expected("unsupported", tensor.name, "a tensor of reals", type.dtype);
  const raw = rawOf(tensor, type);
  return raw
    ? toFloat32(raw, type.dtype, true, tensor.name)
    : readList(tensor, type, (count) => new Float32Array(count));
}

/**
 * The numbers of a tensor of integers: axes, sizes and the like, which are few.
 *
 * @throws CongruentError `file`; `unsupported`: another type
 */
export function readIntegers(tensor: TensorProto): Float64Array {
  const type = typeOf(tensor);
  if (isRealType(type)) throw expected("unsupported", tensor.name, "a tensor of integers", type.dtype);
  const raw = rawOf(tensor, type);
  return raw ? integersOf(raw, type.dtype) : readList(tensor, type, (count) => new Float64Array(count));
}

function typeOf(tensor: TensorProto): NumberType {
  const type = types.get(tensor.type);
  if (!type) throw expected("unsupported", tensor.name, "numbers of a type known here", `data type ${tensor.type}`);
  return type;
}

/** `raw_data`, as long as the shape says; null where the numbers are in a list. */
function rawOf({ name, shape, raw, external }: TensorProto, { dtype }: NumberType): Uint8Array | null {
  if (external) throw new CongruentError("file", `${name}: expected its numbers beside the file, got none`);
  const size = countOf(shape, name) * itemSize[dtype];
  if (raw && raw.length !== size) throw expected("file", name, `${size} bytes of ${dtype}`, String(raw.length));
  return raw;
}

function readList<Numbers extends Float32Array | Float64Array>(
  tensor: TensorProto,
  { field, kind, listed }: NumberType,
  make: (count: number) => Numbers,
): Numbers {
  checkStored(tensor);
  const where = tensor.name || "a tensor";
  const count = countOf(tensor.shape, where);
  const numbers = make(count);
  const message = new Message(tensor.message, new Budget(tensor.message.length), where);
  let found = 0;
  while (message.next()) if (message.field === field) found = message.fill(kind, numbers, found);
  if (found !== count) throw expected("file", where, `${count} numbers`, String(found));
  if (listed) for (let i = 0; i < count; i++) numbers[i] = listed(numbers[i]);
  return numbers;
}
