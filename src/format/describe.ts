import { toActivationOption } from "../activation.ts";
import type { BidirectionalLayer, GruLayer, Layer } from "../layers/layer.ts";
import type { Tensor } from "../tensor.ts";

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
      const { name, vocabulary, features, weights, maskZero } = layer;
      return { name, maskZero, weights: tensor(weights, [vocabulary, features]) };
    }
    case "dense": {
      const { name, inputs, units, kernel, bias, activation } = layer;
      const option = activation === "softmax" ? activation : toActivationOption(activation);
      return { name, units, activation: option, kernel: tensor(kernel, [inputs, units]), ...optional({ bias }) };
    }
    case "masking":
      return { name: layer.name, maskValue: layer.maskValue };
    case "dropout":
      return { name: layer.name };
  }
}

function gruOptions({ kind, inputs, weights, activation, recurrentActivation, clip, ...options }: GruLayer) {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  const gates = 3 * options.units;
  return {
    ...options,
    activation: toActivationOption(activation),
    recurrentActivation: toActivationOption(recurrentActivation),
    ...(clip < Number.POSITIVE_INFINITY && { clip }),
    kernel: tensor(kernel, [inputs, gates]),
    recurrentKernel: tensor(recurrentKernel, [options.units, gates]),
    ...optional({ bias, recurrentBias }),
  };
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

/** Biases that are there. */
function optional(biases: Readonly<Record<string, Float32Array | null>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(biases).flatMap(([name, bias]) => (bias ? [[name, tensor(bias, [bias.length])]] : [])),
  );
}
