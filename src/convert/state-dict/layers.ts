import type { ActivationOption } from "../../activation.ts";
import { expected, showShape } from "../../errors.ts";
import { dense, embedding, gru } from "../../kernel/layers.ts";
import type { Layer } from "../../layers/layer.ts";
import type { Tensor } from "../../tensor.ts";
import { fromPyTorch, fromPyTorchModule, type PyTorchGru } from "../pytorch.ts";
import type { Module } from "./modules.ts";

/** A name for a layer: the module's path, or none for the model itself. */
function named(prefix: string): { readonly name?: string } {
  return prefix === "" ? {} : { name: prefix };
}

/**
 * A GRU or a GRUCell → its layers; those of a stack are named `path.l0`, `path.l1` and so on.
 *
 * @param returnSequences whether the last one gives every step's output
 * @throws CongruentError `weights`, `unsupported` or `file`
 */
export function gruLayers(module: Module, returnSequences: boolean): Layer[] {
  const { prefix, kind } = module;
  const start = prefix === "" ? "" : `${prefix}.`;
  const tensors = Object.fromEntries([...module.tensors].map(([name, tensor]) => [name, tensor.read(name)]));
  if (kind === "GRUCell") {
    const entries = Object.entries(tensors).map(([name, value]) => [name.slice(start.length), value]);
    // fromPyTorch says what is missing.
    const weights = Object.fromEntries(entries) as unknown as PyTorchGru;
    return [gru({ ...fromPyTorch(weights), returnSequences, ...named(prefix) })];
  }
  const layers = fromPyTorchModule(tensors, { prefix, returnSequences });
  if (prefix === "") return layers;
  return layers.map((layer, k) => Object.freeze({ ...layer, name: layers.length === 1 ? prefix : `${prefix}.l${k}` }));
}

/**
 * `torch.nn.Linear`: weight [out, in], bias [out] → dense.
 * @throws CongruentError `weights`, `unsupported` or `file`
 */
export function linearLayer(module: Module, activation: ActivationOption | "softmax"): Layer {
  const { weight, bias } = readTensors(module, ["weight", "bias"]);
  const [units, inputs] = matrixShape(module, weight, "[out, in]");
  const kernel = new Float32Array(weight.data.length);
  for (let unit = 0; unit < units; unit++) {
    for (let input = 0; input < inputs; input++) kernel[input * units + unit] = weight.data[unit * inputs + input];
  }
  return dense({ units, kernel: { data: kernel, shape: [inputs, units] }, bias, activation, ...named(module.prefix) });
}

/**
 * `torch.nn.Embedding`: weight [vocabulary, features]. Its `padding_idx` masks nothing, in PyTorch either.
 * @throws CongruentError `weights`, `unsupported` or `file`
 */
export function embeddingLayer(module: Module): Layer {
  const { weight } = readTensors(module, ["weight"]);
  matrixShape(module, weight, "[vocabulary, features]");
  return embedding({ weights: weight, ...named(module.prefix) });
}

/** A module's tensors by their own names; the first must be there, and no others. */
function readTensors(module: Module, names: readonly string[]): { weight: Tensor; bias?: Tensor } {
  const start = module.prefix === "" ? "" : `${module.prefix}.`;
  for (const name of module.tensors.keys()) {
    if (!names.includes(name.slice(start.length))) {
      throw expected("weights", module.prefix, `${names.join(" and ")} alone`, `${name} too`);
    }
  }
  const read = (name: string) => module.tensors.get(start + name)?.read(start + name);
  const [weight, bias] = names.map(read);
  if (weight === undefined) throw expected("weights", `${start}${names[0]}`, "a tensor", "none");
  return bias === undefined ? { weight } : { weight, bias };
}

function matrixShape(module: Module, { shape }: Tensor, wanted: string): readonly number[] {
  if (shape.length !== 2) throw expected("weights", `${module.prefix}.weight`, `shape ${wanted}`, showShape(shape));
  return shape;
}
