import { CongruentError, expected, showShape } from "../../errors.ts";
import type { Floats } from "../../tensor.ts";
import { fromBfloat16, fromFloat16 } from "../half.ts";
import { Budget, Message, type NumberKind } from "../protobuf.ts";
import type { TensorProto } from "./proto.ts";

/** How numbers of a type lie in `raw_data`, and in which list of `TensorProto` they lie otherwise. */
interface NumberType {
  readonly name: string;
  readonly size: number;
  readonly real: boolean;
  readonly read: (view: DataView, offset: number) => number;
  readonly field: number;
  readonly kind: NumberKind;
  /** A number of the list → the value; 16-bit floats are listed by their bits. */
  readonly listed?: (value: number) => number;
}

/** TensorProto.DataType → how to read it. */
const types: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [1, real("float", 4, (view, at) => view.getFloat32(at, true), 4, "float")],
  [2, whole("uint8", 1, (view, at) => view.getUint8(at))],
  [3, whole("int8", 1, (view, at) => view.getInt8(at))],
  [6, whole("int32", 4, (view, at) => view.getInt32(at, true))],
  [7, { ...whole("int64", 8, (view, at) => Number(view.getBigInt64(at, true))), field: 7 }],
  [9, whole("bool", 1, (view, at) => view.getUint8(at))],
  [10, { ...real("float16", 2, (view, at) => fromFloat16(view.getUint16(at, true)), 5), listed: fromFloat16 }],
  [11, real("double", 8, (view, at) => view.getFloat64(at, true), 10, "double")],
  [16, { ...real("bfloat16", 2, (view, at) => fromBfloat16(view.getUint16(at, true)), 5), listed: fromBfloat16 }],
]);

function real(name: string, size: number, read: NumberType["read"], field: number, kind: NumberKind = "integer") {
  return { name, size, real: true, read, field, kind };
}

function whole(name: string, size: number, read: NumberType["read"]): NumberType {
  return { name, size, real: false, read, field: 5, kind: "integer" };
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
  return types.get(tensor.type)?.real ?? false;
}

/** The bytes that a tensor takes in its file; 0 for a type that is not known. */
export function bytesOf(tensor: TensorProto): number {
  return countOf(tensor.shape, tensor.name) * (types.get(tensor.type)?.size ?? 0);
}

/**
 * The numbers of a tensor of reals, in float32 (double is rounded).
 *
 * @throws CongruentError `file`: as many numbers as the shape says are not there; `unsupported`: another type
 */
export function readFloats(tensor: TensorProto): Floats {
  const type = typeOf(tensor);
  if (!type.real) throw expected("unsupported", tensor.name, "a tensor of reals", type.name);
  return read(tensor, type, (count) => new Float32Array(count));
}

/**
 * The numbers of a tensor of integers: axes, sizes and the like, which are few.
 *
 * @throws CongruentError `file`; `unsupported`: another type
 */
export function readIntegers(tensor: TensorProto): Float64Array {
  const type = typeOf(tensor);
  if (type.real) throw expected("unsupported", tensor.name, "a tensor of integers", type.name);
  return read(tensor, type, (count) => new Float64Array(count));
}

function typeOf(tensor: TensorProto): NumberType {
  const type = types.get(tensor.type);
  if (!type) throw expected("unsupported", tensor.name, "numbers of a type known here", `data type ${tensor.type}`);
  return type;
}

function read<Numbers extends Float32Array | Float64Array>(
  tensor: TensorProto,
  type: NumberType,
  make: (count: number) => Numbers,
): Numbers {
  const where = tensor.name || "a tensor";
  const count = countOf(tensor.shape, where);
  if (tensor.raw) {
    const { raw } = tensor;
    if (raw.length !== count * type.size) {
      throw expected("file", where, `${count * type.size} bytes of ${type.name}`, String(raw.length));
    }
    const numbers = make(count);
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    for (let i = 0; i < count; i++) numbers[i] = type.read(view, i * type.size);
    return numbers;
  }
  if (tensor.external) throw new CongruentError("file", `${where}: expected its numbers beside the file, got none`);
  // A number takes a byte at least.
  if (count > tensor.message.length) throw expected("file", where, `${count} numbers`, "fewer");
  const numbers = make(count);
  const message = new Message(tensor.message, new Budget(tensor.message.length), where);
  let found = 0;
  while (message.next()) if (message.field === type.field) found = message.fill(type.kind, numbers, found);
  if (found !== count) throw expected("file", where, `${count} numbers`, String(found));
  if (type.listed) for (let i = 0; i < count; i++) numbers[i] = type.listed(numbers[i]);
  return numbers;
}
