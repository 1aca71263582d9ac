import { expected, show, showShape } from "../errors.ts";
import { checkMembers, type ModelFileParts, makeLayer } from "../format/model-file.ts";
import type { StoredTensor } from "../format/safetensors.ts";
import { widen } from "../format/widen.ts";
import { bidirectional } from "../layers/bidirectional.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import type { GruLayer, Layer, Precision, QuantizationError, QuantizedMatrix } from "../layers/layer.ts";
import type { Tensor } from "../tensor.ts";
import { dequantize } from "./quantize-matrix.ts";
import { dequantizeTable, Int8Table } from "./quantize-table.ts";
import { quantizedGru } from "./quantized-gru.ts";

/** Numbers of a file in int8, which mean nothing without their scales: not a tensor that an option could take. */
class Int8Tensor {
  constructor(
    readonly values: Int8Array,
    readonly shape: readonly number[],
  ) {}
}

/** Options of a layer as a file has them. */
type Options = Readonly<Record<string, unknown>>;

/** How `readModelFile` reads files with int8 in them (docs/format.md); those without are read as ever. */
export const int8Parts: ModelFileParts = { read, make };

function read(tensor: StoredTensor, where: string): Tensor | Int8Tensor {
  if (tensor.dtype !== "I8") return widen(tensor, where);
  // A copy of its own: the file need not stay.
  return new Int8Tensor(new Int8Array(new Uint8Array(tensor.bytes).buffer), tensor.shape);
}

function make(given: unknown, where: string): Layer {
  const { type, ...options } = (given ?? {}) as Options;
  switch (type) {
    case "gru":
      if (!isInt8(options)) break;
      return makeGru(options, where);
    case "bidirectional": {
      const { forward, backward } = options;
      if (!isInt8(forward) && !isInt8(backward)) break;
      const direction = (value: unknown, name: string) =>
        isInt8(value) ? makeGru(value, `${where}.${name}`) : (value as GruLayer);
      return bidirectional({
        ...options,
        forward: direction(forward, "forward"),
        backward: direction(backward, "backward"),
      });
    }
    case "embedding":
      if (!isInt8(options)) break;
      return makeEmbedding(options, where);
  }
  return makeLayer(given, where);
}

function isInt8(options: unknown): options is Options {
  return typeof options === "object" && options !== null && "int8" in options;
}

function makeGru(
  { int8, kernel, kernelScales, recurrentKernel, recurrentKernelScales, ...others }: Options,
  where: string,
) {
  const place = `${where}.int8`;
  checkMembers(int8, ["precision", "kernel", "recurrentKernel"], [], place);
  const { precision, ...errors } = int8 as Options;
  if (precision !== 7 && precision !== 14)
    throw expected("unsupported", `${place}.precision`, "7 or 14", show(precision));
  const matrix = (tensor: unknown, scales: unknown, name: string) => {
    const found = readMatrix(tensor, scales, errors[name], 1, `${where}.${name}`);
    const data = dequantize(found.matrix, found.shape[1]);
    return { ...found, weights: { data, shape: found.shape } };
  };
  const first = matrix(kernel, kernelScales, "kernel");
  const second = matrix(recurrentKernel, recurrentKernelScales, "recurrentKernel");
  const layer = gru({ ...others, kernel: first.weights, recurrentKernel: second.weights } as Parameters<typeof gru>[0]);
  return quantizedGru(layer, first.matrix, second.matrix, precision as Precision, where);
}

function makeEmbedding({ int8, weights, weightsScales, ...others }: Options, where: string): Layer {
  checkMembers(int8, ["weights"], [], `${where}.int8`);
  const { weights: error } = int8 as Options;
  const { matrix, shape } = readMatrix(weights, weightsScales, error, 0, `${where}.weights`);
  const layer = embedding({ ...others, weights: { data: dequantizeTable(matrix, shape[1]), shape } });
  return Object.freeze({ ...layer, int8: new Int8Table(matrix.values, matrix.scales, matrix.error) });
}

/**
 * Values, scales and error of a matrix, checked against each other.
 *
 * @param axis which one has a scale for each of its places
 */
function readMatrix(values: unknown, scales: unknown, error: unknown, axis: 0 | 1, where: string) {
  if (!(values instanceof Int8Tensor && values.shape.length === 2)) {
    throw expected(
      "file",
      where,
      "I8 with two axes",
      values instanceof Int8Tensor ? showShape(values.shape) : show(values),
    );
  }
  const { shape } = values;
  const { data, shape: given = [] } = (scales ?? {}) as Partial<Tensor>;
  if (!(data instanceof Float32Array) || given.length !== 1 || given[0] !== shape[axis]) {
    throw expected("file", `${where}Scales`, showShape([shape[axis]]), data ? showShape(given) : show(scales));
  }
  const wrong = data.findIndex((scale) => !(scale >= 0 && scale < Number.POSITIVE_INFINITY));
  if (wrong >= 0) throw expected("file", `${where}Scales, element ${wrong}`, "a number from 0 up", `${data[wrong]}`);
  return {
    shape,
    matrix: { values: values.values, scales: data, error: readError(error, where) } satisfies QuantizedMatrix,
  };
}

function readError(error: unknown, where: string): QuantizationError {
  const place = `${where}: error`;
  checkMembers(error, ["max", "rms"], [], place);
  const { max, rms } = error as Options;
  for (const value of [max, rms]) {
    if (!(typeof value === "number" && value >= 0)) throw expected("file", place, "a number from 0 up", show(value));
  }
  return error as QuantizationError;
}
