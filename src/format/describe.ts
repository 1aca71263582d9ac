import { type Activation, type ActivationOption, toActivationOption } from "../activation.ts";
import { expected } from "../errors.ts";
import type {
  BidirectionalLayer,
  GruLayer,
  Layer,
  QuantizationError,
  QuantizedGru,
  QuantizedMatrix,
} from "../layers/layer.ts";
import type { Tensor } from "../tensor.ts";

/** Numbers in int8, where a description has a tensor. */
export interface Int8Values {
  readonly values: Int8Array;
  readonly shape: readonly number[];
}

/** The options of a layer's function, with tensors; and `type`, its name. */
export type LayerDescription = Readonly<Record<string, unknown>> & { readonly type: string };

/** A layer → the options that make it again. */
export function describeLayer(layer: Layer): LayerDescription {
  const { name, ...options } = optionsOf(layer);
  return { type: layer.kind, ...(name !== "" && { name }), ...options };
}

function optionsOf(layer: Layer): { readonly name: string; readonly [option: string]: unknown } {
  switch (layer.kind) {
    case "gru":
      return gruOptions(layer);
    case "bidirectional":
      return bidirectionalOptions(layer);
    case "embedding": {
      const { name, vocabulary, features, weights, maskZero, int8 } = layer;
      if (int8)
        return { name, maskZero, ...matrix("weights", int8, [vocabulary, features]), int8: { weights: errorOf(int8) } };
      return { name, maskZero, weights: tensor(weights, [vocabulary, features]) };
    }
    case "dense": {
      const { name, inputs, units, kernel, bias, activation } = layer;
      const options = { units, activation: activationOption(activation), kernel: tensor(kernel, [inputs, units]) };
      return { name, ...options, ...optional({ bias }) };
    }
    case "masking":
      return { name: layer.name, maskValue: layer.maskValue };
    case "activation":
      return { name: layer.name, activation: activationOption(layer.activation) };
    case "batchNormalization": {
      const { name, inputs, mean, variance, gamma, beta, epsilon } = layer;
      const moments = { mean: tensor(mean, [inputs]), variance: tensor(variance, [inputs]) };
      return { name, epsilon, ...moments, ...optional({ gamma, beta }) };
    }
    case "layerNormalization": {
      const { name, inputs, gamma, beta, epsilon } = layer;
      return { name, inputs, epsilon, ...optional({ gamma, beta }) };
    }
    case "repeatVector":
      return { name: layer.name, n: layer.n };
    case "dropout":
    case "globalAveragePooling1D":
    case "globalMaxPooling1D":
      return { name: layer.name };
  }
}

function activationOption(activation: Activation | "softmax"): ActivationOption | "softmax" {
  return activation === "softmax" ? activation : toActivationOption(activation);
}

function gruOptions({ kind, inputs, weights, int8, activation, recurrentActivation, clip, ...options }: GruLayer) {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  const gates = 3 * options.units;
  return {
    ...options,
    activation: toActivationOption(activation),
    recurrentActivation: toActivationOption(recurrentActivation),
    ...(clip < Number.POSITIVE_INFINITY && { clip }),
    ...(int8
      ? int8Matrices(int8, inputs, options.units)
      : { kernel: tensor(kernel, [inputs, gates]), recurrentKernel: tensor(recurrentKernel, [options.units, gates]) }),
    ...optional({ bias, recurrentBias }),
  };
}

function int8Matrices({ kernel, recurrentKernel, precision }: QuantizedGru, inputs: number, units: number) {
  return {
    ...matrix("kernel", kernel, [inputs, 3 * units]),
    ...matrix("recurrentKernel", recurrentKernel, [units, 3 * units]),
    int8: { precision, kernel: errorOf(kernel), recurrentKernel: errorOf(recurrentKernel) },
  };
}

/** A matrix in int8 by its option's name, with its scales beside it. */
function matrix(name: string, { values, scales }: QuantizedMatrix, shape: readonly number[]) {
  return { [name]: { values, shape } satisfies Int8Values, [`${name}Scales`]: tensor(scales, [scales.length]) };
}

function errorOf({ error }: QuantizedMatrix): QuantizationError {
  if (!error) throw expected("model", "int8", "matrices whose error is known: quantize() makes them", "others");
  return { max: error.max, rms: error.rms };
}

function bidirectionalOptions({ name, mergeMode, forward, backward }: BidirectionalLayer) {
  const direction = (layer: GruLayer) => {
    const { name: own, ...options } = gruOptions(layer);
    return { ...(own !== "" && { name: own }), ...options };
  };
  return { name, mergeMode, forward: direction(forward), backward: direction(backward) };
}

function tensor(data: Float32Array, shape: readonly number[]): Tensor {
  return { data: data as Tensor["data"], shape };
}

/** Vectors that are there. */
function optional(vectors: Readonly<Record<string, Float32Array | null>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(vectors).flatMap(([name, data]) => (data ? [[name, tensor(data, [data.length])]] : [])),
  );
}
