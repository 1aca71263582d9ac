import { CongruentError, expected, showShape } from "../../errors.ts";
import type { Floats } from "../../tensor.ts";
import { bfloatToNumber, type Dtype, halfToNumber, integersOf, itemSize, toFloat32 } from "../dtype.ts";
import { Budget, Message, type NumberKind } from "../protobuf.ts";
import type { TensorProto } from "./proto.ts";

/** How a type's numbers lie in memory, and in which list of `TensorProto` they lie otherwise. */
interface NumberType {
  readonly dtype: Dtype;
  readonly real: boolean;
  readonly field: number;
  readonly kind: NumberKind;
  /** A number of the list → the value; 16-bit floats are listed by their bits. */
  readonly listed?: (value: number) => number;
}

/** DataType (types.proto) → how to read it. */
const types: ReadonlyMap<number, NumberType> = new Map<number, NumberType>([
  [1, { dtype: "f32", real: true, field: 5, kind: "float" }],
  [2, { dtype: "f64", real: true, field: 6, kind: "double" }],
  [3, { dtype: "i32", real: false, field: 7, kind: "integer" }],
  [9, { dtype: "i64", real: false, field: 10, kind: "integer" }],
  [14, { dtype: "bf16", real: true, field: 13, kind: "integer", listed: bfloatToNumber }],
  [19, { dtype: "f16", real: true, field: 13, kind: "integer", listed: halfToNumber }],
]);

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
  return { name, shape: proto.shape, real: type.real, count, bytes: count * itemSize[type.dtype], read };
}

/**
 * @param bytes little-endian, as long as the shape says
 * @throws CongruentError `file` or `unsupported`
 */
export function fromBytes(bytes: Uint8Array, dataType: number, shape: readonly number[], name: string): Tensor {
  const { type, count } = describe(dataType, shape, name);
  const size = count * itemSize[type.dtype];
  if (bytes.length !== size) throw expected("file", name, `${size} bytes of ${type.dtype}`, String(bytes.length));
  const read = () => (type.real ? toFloat32(bytes, type.dtype, true, name) : integersOf(bytes, type.dtype));
  return { name, shape, real: type.real, count, bytes: size, read };
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
