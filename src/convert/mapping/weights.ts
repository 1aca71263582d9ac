import { expected, show, showShape } from "../../errors.ts";
import { checkKeys, readOption } from "../../options.ts";
import type { Tensor } from "../../tensor.ts";
import { countNumbers, type NamedTensor } from "../named-tensor.ts";
import { checkOneOf, checkScale, dtypes, type Mapping, type MappingDtype, type WeightReference } from "./mapping.ts";

/** What a mapping takes its arrays from. */
export interface TensorSource {
  get(name: string): NamedTensor | undefined;
  keys(): Iterable<string>;
}

const ranges: Readonly<Record<MappingDtype, readonly [number, number]>> = {
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/**
 * An array of the file, as a mapping refers to it.
 *
 * @throws CongruentError `option`: the reference is not understood; `weights`: no such array, or another shape; `file`:
 *   a number that is not of the type
 */
export function readReference(
  reference: WeightReference,
  source: TensorSource,
  { scale: standardScale, dtype: standardDtype }: Mapping,
  where: string,
): Tensor {
  const given = typeof reference === "string" ? { name: reference } : reference;
  checkKeys(given, ["name", "scale", "dtype", "shape", "transpose"], where);
  const { name, shape, scale = standardScale ?? 1, dtype = standardDtype } = given;
  checkScale(scale, `${where}.scale`);
  checkOneOf(dtype, dtypes, `${where}.dtype`);
  const transpose = readOption(given.transpose, false, `${where}.transpose`);
  if (typeof name !== "string") throw expected("option", where, "the name of an array", show(name));
  const named = source.get(name);
  if (named === undefined) {
    const names = [...source.keys()];
    const list = names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
    throw expected("weights", where, `one of ${list || "no arrays"}`, show(name));
  }
  const read = named.read(name);
  if (dtype !== undefined) checkNumbers(read.data, dtype, name);
  const shaped = shape === undefined ? read : { data: read.data, shape: readShape(shape, read, `${where}.shape`) };
  const tensor = transpose ? turn(shaped, where) : shaped;
  if (scale === 1) return tensor;
  return { data: tensor.data.map((value) => value * scale), shape: tensor.shape };
}

function checkNumbers(data: Float32Array, dtype: MappingDtype, name: string): void {
  const [least, most] = ranges[dtype];
  for (let i = 0; i < data.length; i++) {
    if (!Number.isInteger(data[i]) || data[i] < least || data[i] > most) {
      throw expected("file", `${name}, element ${i}`, `an ${dtype}`, String(data[i]));
    }
  }
}

function readShape(shape: unknown, { data }: Tensor, where: string): number[] {
  const fits =
    Array.isArray(shape) &&
    shape.every((size) => Number.isInteger(size) && size > 0) &&
    countNumbers(shape) === data.length;
  if (!fits) throw expected("option", where, `a shape of ${data.length} numbers`, JSON.stringify(shape));
  return shape;
}

/** (rows, columns) → (columns, rows) */
function turn({ data, shape }: Tensor, where: string): Tensor {
  if (shape.length !== 2) throw expected("weights", where, "a matrix to transpose", showShape(shape));
  const [rows, columns] = shape;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column];
  }
  return { data: turned, shape: [columns, rows] };
}
