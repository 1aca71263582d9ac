import { expected, show } from "../../errors.ts";
import { bidirectional, dense, dropout, embedding, gru, masking } from "../../kernel/layers.ts";
import type { BidirectionalOptions } from "../../layers/bidirectional.ts";
import type { DenseOptions } from "../../layers/dense.ts";
import type { DropoutOptions } from "../../layers/dropout.ts";
import type { EmbeddingOptions } from "../../layers/embedding.ts";
import type { GruOptions } from "../../layers/gru.ts";
import type { Layer } from "../../layers/layer.ts";
import type { MaskingOptions } from "../../layers/masking.ts";
import type { Tensor } from "../../tensor.ts";
import { fromOnnx } from "../onnx/gru.ts";
import { fromPyTorch, type PyTorchGru } from "../pytorch.ts";
import { fromTf1GruCell, type Tf1GruCell } from "../tf1/cell.ts";
import type { MappedLayer, MappedWeights, Mapping, MappingLayout } from "./mapping.ts";
import { readReference, type TensorSource } from "./weights.ts";

type Weights = Readonly<Record<string, Tensor>>;
type Options = Readonly<Record<string, unknown>>;

/** The names that a layout has for a GRU's weights. */
const gruWeights: Readonly<Record<MappingLayout, readonly string[]>> = {
  keras: ["kernel", "recurrentKernel", "bias", "recurrentBias"],
  pytorch: ["weight_ih", "weight_hh", "bias_ih", "bias_hh"],
  onnx: ["W", "R", "B"],
  tf1: ["gatesKernel", "gatesBias", "candidateKernel", "candidateBias"],
};

/**
 * A layer of a mapping → a layer.
 *
 * @param where its place in the mapping
 * @throws CongruentError `option`, `weights`, `unsupported` or `file`
 */
export function mapLayer(
  layer: MappedLayer,
  name: string,
  source: TensorSource,
  mapping: Mapping,
  where: string,
): Layer {
  const { kind } = layer;
  const layout = layer.layout ?? mapping.layout;
  if (layer.attributes && !(kind === "gru" && layout === "onnx")) {
    throw expected("option", `${where}.attributes`, "none but for a gru in the onnx layout", show(layer.attributes));
  }
  const weights = (given: MappedWeights, allowed: readonly string[], place = where): Weights => {
    const entries = Object.entries(given.weights ?? {});
    for (const [key] of entries) {
      if (!allowed.includes(key)) {
        throw expected(
          "option",
          `${place}.weights`,
          allowed.length ? `one of ${allowed.join(", ")}` : "none",
          show(key),
        );
      }
    }
    return Object.fromEntries(
      entries.map(([key, reference]) => [key, readReference(reference, source, mapping, `${place}.weights.${key}`)]),
    );
  };
  const options = { ...withoutWeights(layer.options, where), name };
  switch (kind) {
    case "embedding":
      return embedding({ ...options, ...weights(layer, ["weights"]) } as EmbeddingOptions);
    case "masking":
      weights(layer, []);
      return masking(options as MaskingOptions);
    case "dropout":
      weights(layer, []);
      return dropout(options as DropoutOptions);
    case "dense":
      return mapDense(options, needLayout(layout, where), (names) => weights(layer, names));
    case "gru": {
      const order = needLayout(layout, where);
      const made = gruOptions(order, weights(layer, gruWeights[order]), options, layer.attributes);
      return "forward" in made ? bidirectional({ ...made, ...options }) : gru({ ...made, ...options });
    }
    case "bidirectional": {
      const order = needLayout(layout, where);
      weights(layer, []);
      const side = (key: "forward" | "backward"): GruOptions => {
        const { options: own, ...given } = layer[key] ?? {};
        const place = `${where}.${key}`;
        const sideOptions = withoutWeights(own, place);
        return {
          ...gruOptions(order, weights(given, gruWeights[order], place), sideOptions),
          ...sideOptions,
        } as GruOptions;
      };
      const pair: BidirectionalOptions = {
        forward: side("forward"),
        backward: { ...side("backward"), goBackwards: true },
      };
      return bidirectional({ ...pair, ...options });
    }
  }
}

/** Weights come by reference: an option must not stand in for one. */
function withoutWeights(options: Options = {}, where: string): Options {
  for (const key of ["kernel", "recurrentKernel", "bias", "recurrentBias", "weights", "name", "forward", "backward"]) {
    if (Object.hasOwn(options, key)) throw expected("option", `${where}.options`, "no weights and no name", show(key));
  }
  return options;
}

function needLayout(layout: MappingLayout | undefined, where: string): MappingLayout {
  if (layout === undefined) {
    throw expected("option", `${where}.layout`, "keras, pytorch, onnx or tf1 (shapes do not tell)", "none");
  }
  return layout;
}

function gruOptions(
  layout: MappingLayout,
  weights: Weights,
  options: Options,
  attributes: Options = {},
): GruOptions | BidirectionalOptions {
  switch (layout) {
    case "keras": {
      const recurrent = weights.recurrentKernel;
      const units = options.units ?? (recurrent && Math.round(Math.sqrt(recurrent.data.length / 3)));
      return { units, ...weights } as unknown as GruOptions;
    }
    case "pytorch":
      return fromPyTorch(weights as unknown as PyTorchGru);
    case "onnx":
      return fromOnnx({ ...attributes, ...(weights as { W: Tensor; R: Tensor }) });
    case "tf1":
      return fromTf1GruCell(weights as unknown as Tf1GruCell);
  }
}

function mapDense(options: Options, layout: MappingLayout, weights: (names: readonly string[]) => Weights): Layer {
  if (layout === "keras" || layout === "tf1") {
    const { kernel, bias } = weights(["kernel", "bias"]);
    const units = options.units ?? bias?.data.length ?? kernel?.shape[kernel.shape.length - 1];
    return dense({ ...options, units, kernel, bias } as DenseOptions);
  }
  const { weight, bias } = weights(["weight", "bias"]);
  const units = options.units ?? bias?.data.length ?? weight?.shape[0];
  return dense({ ...options, units, kernel: weight && turnRows(weight, Number(units)), bias } as DenseOptions);
}

/** (out, in) → (in, out), flat or not. */
function turnRows({ data, shape }: Tensor, units: number): Tensor {
  const inputs = data.length / units;
  if (!Number.isInteger(inputs) || (shape.length === 2 ? shape[0] !== units : shape.length !== 1)) {
    throw expected("weights", "weight", `shape [${units}, inputs]`, `[${shape.join(", ")}]`);
  }
  const turned = new Float32Array(data.length);
  for (let unit = 0; unit < units; unit++) {
    for (let input = 0; input < inputs; input++) turned[input * units + unit] = data[unit * inputs + input];
  }
  return { data: turned, shape: [inputs, units] };
}
