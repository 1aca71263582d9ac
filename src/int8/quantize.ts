import { expected, show } from "../errors.ts";
import { withOperations } from "../kernel/layers.ts";
import { directionsOf, type GruLayer, type Layer, type Precision } from "../layers/layer.ts";
import { checkKeys } from "../options.ts";
import { dequantize, quantizeMatrix } from "./quantize-matrix.ts";
import { quantizedGru } from "./quantized-gru.ts";

/** How layers are quantised. */
export interface QuantizeOptions {
  /**
   * Bits to which inputs and states are quantised at every step: 7, the faster one, or 14, whose error is that of the
   * weights alone. Default 14.
   */
  readonly precision?: Precision | undefined;
}

/**
 * Layers → layers whose weights are int8, with a scale for each column of a matrix. GRUs then compute their products in
 * whole numbers; embeddings (a scale for each row) and dense layers keep to f32, with rounded weights. What has no
 * matrix stays as it is.
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
  checkKeys(options, ["precision"], "quantize");
  const { precision = 14 } = options;
  if (precision !== 7 && precision !== 14) throw expected("option", "quantize.precision", "7 or 14", show(precision));
  if (!Array.isArray(layers)) throw expected("model", "quantize", "an array of layers", show(layers));
  for (const [i, layer] of layers.entries()) {
    if (typeof (layer as Partial<Layer> | null)?.kind !== "string") {
      throw expected("model", `layers[${i}]`, "a layer made by this library", show(layer));
    }
  }
  return withOperations(layers).map((layer, i) => quantizeLayer(layer, precision, layer.name || `layers[${i}]`));
}

function quantizeLayer(layer: Layer, precision: Precision, where: string): Layer {
  if (directionsOf(layer).some(({ int8 }) => int8)) throw expected("model", where, "a layer of f32", "one of int8");
  switch (layer.kind) {
    case "gru":
      return quantizeGru(layer, precision, where);
    case "bidirectional": {
      const forward = quantizeGru(layer.forward, precision, `${where}.forward`);
      const backward = quantizeGru(layer.backward, precision, `${where}.backward`);
      return Object.freeze<typeof layer>({ ...layer, forward, backward });
    }
    case "dense": {
      const { kernel, inputs, units } = layer;
      checkFinite(kernel, `${where}.kernel`);
      return Object.freeze<typeof layer>({
        ...layer,
        kernel: dequantize(quantizeMatrix(kernel, inputs, units), units),
      });
    }
    case "embedding": {
      const { weights, features } = layer;
      checkFinite(weights, `${where}.weights`);
      const rounded = new Float32Array(weights.length);
      for (let at = 0; at < weights.length; at += features) {
        rounded.set(dequantize(quantizeMatrix(weights.subarray(at, at + features), features, 1), 1), at);
      }
      return Object.freeze<typeof layer>({ ...layer, weights: rounded });
    }
    default:
      return layer;
  }
}

function quantizeGru(layer: GruLayer, precision: Precision, where: string): GruLayer {
  const { inputs, units, weights } = layer;
  checkFinite(weights.kernel, `${where}.kernel`);
  checkFinite(weights.recurrentKernel, `${where}.recurrentKernel`);
  const kernel = quantizeMatrix(weights.kernel, inputs, 3 * units);
  return quantizedGru(layer, kernel, quantizeMatrix(weights.recurrentKernel, units, 3 * units), precision, where);
}

function checkFinite(data: Float32Array, where: string): void {
  const wrong = data.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw expected("weights", `${where}, element ${wrong}`, "a finite number", String(data[wrong]));
}
