import { expected, show } from "../errors.ts";
import { toHalf } from "../format/half.ts";
import { halfToNumber } from "../format/widen.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { withOperations } from "../kernel/layers.ts";
import {
  directionsOf,
  type EmbeddingLayer,
  type GruLayer,
  type Layer,
  type Precision,
  type QuantizedMatrix,
} from "../layers/layer.ts";
import { checkKeys } from "../options.ts";
import { type CalibrationSample, calibrate } from "./calibrate.ts";
import { centred, type Moments } from "./moments.ts";
import { dequantize, errorOf, quantizeMatrix } from "./quantize-matrix.ts";
import { quantizeKernelBehind, quantizeTable } from "./quantize-table.ts";
import { quantizedGru } from "./quantized-gru.ts";
import type { GruMoments } from "./trace.ts";

/** How layers are quantised. */
export interface QuantizeOptions {
  /**
   * Bits to which inputs and states are quantised at every step: 7, the faster one, or 14, whose error is that of the
   * weights alone. Default 14.
   */
  readonly precision?: Precision | undefined;
  /**
   * Runs like those that the model is for, some thousand steps in all, not those that it will be tested with. The error of
   * the weights is then put where it matters least to them, and its mean into the biases.
   */
  readonly calibration?: readonly CalibrationSample[] | undefined;
}

/**
 * Layers → layers whose weights are int8, with a scale for each column of a matrix. GRUs then compute their products in
 * whole numbers. An embedding (a scale for each row) keeps to f32, with rounded weights, and so does a dense layer, whose
 * kernel is rounded to f16: it decides, and is small. What has no matrix stays as it is.
 *
 * @param kernel runs the calibration. Every one gives the same bits, the reference many times slower
 * @throws CongruentError as `quantize` of the entries does
 */
export function quantizeWith({ createModel }: Kernel, given: readonly Layer[], options: QuantizeOptions = {}): Layer[] {
  checkKeys(options, ["precision", "calibration"], "quantize");
  const { precision = 14, calibration = [] } = options;
  if (precision !== 7 && precision !== 14) throw expected("option", "quantize.precision", "7 or 14", show(precision));
  if (!Array.isArray(given)) throw expected("model", "quantize", "an array of layers", show(given));
  for (const [i, layer] of given.entries()) {
    if (typeof (layer as Partial<Layer> | null)?.kind !== "string") {
      throw expected("model", `layers[${i}]`, "a layer of congruent", show(layer));
    }
  }
  const layers = withOperations(given);
  const nameOf = (i: number) => layers[i].name || `layers[${i}]`;
  for (const [i, layer] of layers.entries()) checkLayer(layer, nameOf(i));
  const reading = readersOf(layers);
  const moments = calibrate(layers, calibration, createModel, reading);
  const table = reading.length > 0 ? quantizeTable(layers[0] as EmbeddingLayer, reading) : null;
  const quantizeGru = (layer: GruLayer, where: string): GruLayer => {
    const known = moments.get(layer);
    if (!table || !reading.includes(layer)) return quantizeDirection(layer, known, null, precision, where);
    const { weights, features } = layers[0] as EmbeddingLayer;
    const kernel = quantizeKernelBehind(weights, table.weights, features, layer.weights.kernel);
    return quantizeDirection(layer, known, kernel, precision, where);
  };
  return withOperations(
    layers.map((layer, i): Layer => {
      switch (layer.kind) {
        case "gru":
          return quantizeGru(layer, nameOf(i));
        case "bidirectional": {
          const forward = quantizeGru(layer.forward, `${nameOf(i)}.forward`);
          const backward = quantizeGru(layer.backward, `${nameOf(i)}.backward`);
          return Object.freeze<typeof layer>({ ...layer, forward, backward });
        }
        case "dense":
          return Object.freeze<typeof layer>({ ...layer, kernel: layer.kernel.map(nearestHalf) });
        case "embedding":
          return table ?? quantizeTable(layer, []);
        default:
          return layer;
      }
    }),
  );
}

/** The GRUs right behind an embedding; dropout between them does nothing. */
function readersOf([first, ...others]: readonly Layer[]): readonly GruLayer[] {
  const next = others.find(({ kind }) => kind !== "dropout");
  return first?.kind === "embedding" && next ? directionsOf(next) : [];
}

/**
 * A direction in int8.
 *
 * @param moments what its matrices are multiplied by; without, weights are rounded to nearest
 * @param kernel the kernel, where it is quantised already
 */
function quantizeDirection(
  layer: GruLayer,
  moments: GruMoments | undefined,
  kernel: QuantizedMatrix | null,
  precision: Precision,
  where: string,
): GruLayer {
  const { inputs, units, weights } = layer;
  const { bias, recurrentBias } = weights;
  const columns = 3 * units;
  if (!moments) {
    const first = kernel ?? quantizeMatrix(weights.kernel, inputs, columns);
    const second = quantizeMatrix(weights.recurrentKernel, units, columns);
    return quantizedGru(layer, first, second, precision, where);
  }
  const { states, resetStates, inputCosts, stateCosts } = moments;
  const first = kernel ?? quantizeBlocks(weights.kernel, [[columns, moments.inputs]], inputCosts as Moments);
  // With reset before, the candidate's columns are multiplied by something else.
  const blocks: Block[] = resetStates ? [[2 * units, states], [columns, resetStates]] : [[columns, states]]; // biome-ignore format: two of a kind
  const second = quantizeBlocks(weights.recurrentKernel, blocks, stateCosts);
  const folded = {
    ...weights,
    bias: kernel ? bias : foldMean(bias, weights.kernel, first, [[columns, moments.inputs]]),
    recurrentBias: foldMean(recurrentBias, weights.recurrentKernel, second, blocks),
  };
  return quantizedGru({ ...layer, weights: folded }, first, second, precision, where);
}

/** Columns of a matrix, up to one, and what they are multiplied by. */
type Block = readonly [to: number, moments: Moments];

/** @param data (K, N), all of whose columns are in one of the blocks */
function quantizeBlocks(data: Float32Array, blocks: readonly Block[], costs: Moments): QuantizedMatrix {
  const { size: columns, products } = costs;
  const rows = data.length / columns;
  const values = new Int8Array(data.length);
  const scales = new Float32Array(columns);
  let from = 0;
  for (const [to, moments] of blocks) {
    const [start, size] = [from, to - from];
    const cut = new Float32Array(rows * size).map((_, i) => data[Math.floor(i / size) * columns + start + (i % size)]);
    const within = new Float64Array(size * size).map(
      (_, i) => products[(start + Math.floor(i / size)) * columns + start + (i % size)],
    );
    const block = quantizeMatrix(cut, rows, size, centred(moments), cut, within);
    block.values.forEach((value, i) => {
      values[Math.floor(i / size) * columns + start + (i % size)] = value;
    });
    scales.set(block.scales, start);
    from = to;
  }
  return { values, scales, error: errorOf(data, values, scales) };
}

/** A bias that takes the mean error of the products off: bias - mean · (rounded - exact). */
function foldMean(
  bias: Float32Array | null,
  exact: Float32Array,
  matrix: QuantizedMatrix,
  blocks: readonly Block[],
): Float32Array {
  const columns = matrix.scales.length;
  const rounded = dequantize(matrix, columns);
  const folded = new Float32Array(columns);
  let c = 0;
  for (const [to, { size, sums, count }] of blocks) {
    for (; c < to; c++) {
      let error = 0;
      for (let k = 0; k < size; k++) {
        error += (sums[k] / (count || 1)) * (rounded[k * columns + c] - exact[k * columns + c]);
      }
      folded[c] = (bias?.[c] ?? 0) - error;
    }
  }
  return folded;
}

/** What is too large for f16 stays. */
function nearestHalf(value: number): number {
  const half = halfToNumber(toHalf(value));
  return Number.isFinite(half) ? half : value;
}

function checkLayer(layer: Layer, where: string): void {
  if (directionsOf(layer).some(({ int8 }) => int8) || (layer as { int8?: unknown }).int8) {
    throw expected("model", where, "a layer of f32", "one of int8");
  }
  const check = (data: Float32Array, name: string) => {
    const wrong = data.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw expected("weights", `${where}.${name}, element ${wrong}`, "a finite number", String(data[wrong]));
    }
  };
  for (const [d, { weights }] of directionsOf(layer).entries()) {
    const place = layer.kind === "bidirectional" ? `${["forward", "backward"][d]}.` : "";
    check(weights.kernel, `${place}kernel`);
    check(weights.recurrentKernel, `${place}recurrentKernel`);
  }
  if (layer.kind === "dense") check(layer.kernel, "kernel");
  if (layer.kind === "embedding") check(layer.weights, "weights");
}
