import { expected, show } from "../errors.ts";
import { toHalf } from "../format/half.ts";
import { halfToNumber } from "../format/widen.ts";
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
import { type CalibrationSample, calibrate, type GruMoments } from "./calibrate.ts";
import { centred, type Moments } from "./moments.ts";
import { dequantize, quantizeMatrix } from "./quantize-matrix.ts";
import { quantizeKernelBehind, quantizeTable } from "./quantize-table.ts";
import { quantizedGru } from "./quantized-gru.ts";

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
 * The layers may be those of any entry, or a model's. The new ones are for models of `congruent/int8`, of
 * `congruent/reference`, and of a kernel that `congruent/core` has made of `congruent/int8.wasm` or
 * `congruent/int8-plain.wasm`.
 *
 * @throws CongruentError `option`; `weights`: numbers that are not finite, or a matrix of more than 2048 rows at precision
 *   14; `model`: layers that are int8 already
 * @example const model = createModel(quantize([gru(options), dense(output)]));
 */
export function quantize(layers: readonly Layer[], options: QuantizeOptions = {}): Layer[] {
  checkKeys(options, ["precision", "calibration"], "quantize");
  const { precision = 14, calibration = [] } = options;
  if (precision !== 7 && precision !== 14) throw expected("option", "quantize.precision", "7 or 14", show(precision));
  if (!Array.isArray(layers)) throw expected("model", "quantize", "an array of layers", show(layers));
  for (const [i, layer] of layers.entries()) {
    if (typeof (layer as Partial<Layer> | null)?.kind !== "string") {
      throw expected("model", `layers[${i}]`, "a layer made by this library", show(layer));
    }
  }
  const nameOf = (i: number) => layers[i].name || `layers[${i}]`;
  for (const [i, layer] of layers.entries()) checkLayer(layer, nameOf(i));
  const moments = calibrate(layers, calibration);
  const reading = readersOf(layers);
  const table = reading.length > 0 ? quantizeTable(layers[0] as EmbeddingLayer, reading) : null;
  const quantizeGru = (layer: GruLayer, where: string): GruLayer => {
    const known = calibration.length > 0 ? moments.get(layer) : undefined;
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
  const { inputs, units, weights, resetAfter } = layer;
  const quantizeOne = (data: Float32Array, rows: number, known: Moments | undefined) =>
    quantizeMatrix(data, rows, 3 * units, known?.count ? centred(known) : null);
  const known = kernel ? undefined : moments?.inputs;
  const first = kernel ?? quantizeOne(weights.kernel, inputs, known);
  const second = quantizeOne(weights.recurrentKernel, units, moments?.states);
  // With reset before, the candidate's columns are multiplied by r · h, whose mean is not known.
  const columns = resetAfter ? 3 * units : 2 * units;
  const folded = {
    ...weights,
    bias: foldMean(weights.bias, weights.kernel, first, known, 3 * units),
    recurrentBias: foldMean(weights.recurrentBias, weights.recurrentKernel, second, moments?.states, columns),
  };
  return quantizedGru({ ...layer, weights: folded }, first, second, precision, where);
}

/** A bias that takes the mean error of the products off: bias - mean · (rounded - exact), in its first columns. */
function foldMean(
  bias: Float32Array | null,
  exact: Float32Array,
  matrix: QuantizedMatrix,
  moments: Moments | undefined,
  count: number,
): Float32Array | null {
  if (!moments?.count) return bias;
  const columns = matrix.scales.length;
  const rounded = dequantize(matrix, columns);
  const folded = new Float32Array(columns);
  for (let c = 0; c < columns; c++) {
    let error = 0;
    if (c < count) {
      for (let k = 0; k < moments.size; k++) {
        error += (moments.sums[k] / moments.count) * (rounded[k * columns + c] - exact[k * columns + c]);
      }
    }
    folded[c] = (bias?.[c] ?? 0) - error;
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
