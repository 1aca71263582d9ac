import { CongruentError, expected, showShape } from "../../errors.ts";
import type { Floats } from "../../tensor.ts";
import { fromBfloat16, fromFloat16 } from "../half.ts";
import { Budget, Message, type NumberKind } from "../protobuf.ts";
import type { TensorProto } from "./proto.ts";

/** How numbers of a type lie in memory, and in which list of `TensorProto` they lie otherwise. */
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

/** DataType (types.proto) → how to read it. */
const types: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [1, { name: "float", size: 4, real: true, read: (view, at) => view.getFloat32(at, true), field: 5, kind: "float" }],
  [2, { name: "double", size: 8, real: true, read: (view, at) => view.getFloat64(at, true), field: 6, kind: "double" }],
  [3, { name: "int32", size: 4, real: false, read: (view, at) => view.getInt32(at, true), field: 7, kind: "integer" }],
  [
    9,
    {
      name: "int64",
      size: 8,
      real: false,
      read: (view, at) => Number(view.getBigInt64(at, true)),
      field: 10,
      kind: "integer",
    },
  ],
  [14, { ...half("bfloat16", fromBfloat16) }],
  [19, { ...half("half", fromFloat16) }],
]);

function half(name: string, decode: (bits: number) => number): NumberType {
  const read = (view: DataView, at: number) => decode(view.getUint16(at, true));
  return { name, size: 2, real: true, read, field: 13, kind: "integer", listed: decode };
}

/** A tensor of the graph or of a checkpoint. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly real: boolean;
  readonly count: number;
  /** Bytes in the file, were it written in full. */
  readonly bytes: number;
  /** In float32, or whole numbers in float64. */
  readonly read: () => Floats | Float64Array;
}

/** How many numbers may be made of those that a file has once for many. */
export interface Allowance {
  numbers: number;
}

/**
 * @throws CongruentError `file`: a shape that cannot be; `unsupported`: numbers of another type
 */
export function fromProto(proto: TensorProto, name: string, allowance: Allowance): Tensor {
  const { content, message } = proto;
  if (content?.length) return fromBytes(content, proto.type, proto.shape, name);
  const { type, count } = describe(proto.type, proto.shape, name);
  const read = () => {
    // A list may be shorter than the tensor: its last number stands for all that follow.
    const listed = Math.min(count, message.length);
    allowance.numbers -= count - listed;
    if (allowance.numbers < 0)
      throw expected("file", name, "numbers for its shape", `${showShape(proto.shape)} of few`);
    const numbers = type.real ? new Float32Array(count) : new Float64Array(count);
    const reader = new Message(message, new Budget(message.length), name);
    let found = 0;
    while (reader.next()) if (reader.field === type.field) found = reader.fill(type.kind, numbers, found);
    if (found > count) throw expected("file", name, `${count} numbers`, String(found));
    if (type.listed) for (let i = 0; i < found; i++) numbers[i] = type.listed(numbers[i]);
    return found === 0 ? numbers : numbers.fill(numbers[found - 1], found);
  };
  return { name, shape: proto.shape, real: type.real, count, bytes: count * type.size, read };
}

/**
 * @param bytes little-endian, as long as the shape says
 * @throws CongruentError `file` or `unsupported`
 */
export function fromBytes(bytes: Uint8Array, dataType: number, shape: readonly number[], name: string): Tensor {
  const { type, count } = describe(dataType, shape, name);
  if (bytes.length !== count * type.size) {
    throw expected("file", name, `${count * type.size} bytes of ${type.name}`, String(bytes.length));
  }
  const read = () => {
    const numbers = type.real ? new Float32Array(count) : new Float64Array(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < count; i++) numbers[i] = type.read(view, i * type.size);
    return numbers;
  };
  return { name, shape, real: type.real, count, bytes: bytes.length, read };
}

/** Whether {@link fromProto} and {@link fromBytes} know the type. */
export function isNumeric(dataType: number): boolean {
  return types.has(dataType);
}

function describe(dataType: number, shape: readonly number[], name: string): { type: NumberType; count: number } {
  const type = types.get(dataType);
  if (!type) throw expected("unsupported", name, "numbers of a type known here", `data type ${dataType}`);
  const count = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(count) || !shape.every((size) => Number.isInteger(size) && size >= 0)) {
    throw new CongruentError("file", `${name}: expected a shape that can be, got ${showShape(shape)}`);
  }
  return { type, count };
}
