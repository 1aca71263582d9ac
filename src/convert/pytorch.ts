import { CongruentError, expected } from "../errors.ts";
import { bidirectional, gru } from "../kernel/layers.ts";
import type { GruOptions } from "../layers/gru.ts";
import type { BidirectionalLayer, GruLayer } from "../layers/layer.ts";
import { checkKeys, readOption } from "../options.ts";
import type { TensorLike } from "../tensor.ts";
import { readBiases, readKernels, readUnits } from "./gates.ts";

/** One direction of one layer of `torch.nn.GRU`, or a `torch.nn.GRUCell`, by PyTorch's names. */
export interface PyTorchGru {
  /** [3H, I], rows r|z|n */
  readonly weight_ih: TensorLike;
  /** [3H, H], rows r|z|n */
  readonly weight_hh: TensorLike;
  /** [3H], r|z|n */
  readonly bias_ih?: TensorLike | undefined;
  /** [3H], r|z|n */
  readonly bias_hh?: TensorLike | undefined;
}

const keys = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] as const;

/**
 * PyTorch's GRU weights → the options of `gru`.
 *
 * - PyTorch puts the *reset* gate first, r|z|n; Keras and ONNX the update gate. The shapes are the same, so weights in the
 *   wrong order load and answer wrongly.
 * - PyTorch's matrices are rows by gate, [3H, I]; ours are [I, 3H].
 * - PyTorch always multiplies r with the recurrent product (`resetAfter: true`), so `bias_hh` cannot be folded into
 *   `bias_ih`.
 *
 * Source: docstring of `torch.nn.GRU` (torch/nn/modules/rnn.py), "Variables".
 *
 * @throws CongruentError `weights`: a tensor is missing or has the wrong shape; `option`: a tensor that a GRU does not have
 * @example gru({ ...fromPyTorch(cell), returnSequences: true })
 */
export function fromPyTorch(weights: PyTorchGru): GruOptions {
  checkKeys(weights, keys, "fromPyTorch");
  return convert(weights, (key) => `fromPyTorch.${key}`);
}

/** Which part of a state dict to read. */
export interface PyTorchModuleOptions {
  /** What the module's tensors are called before `weight_ih_l0`: its path in the model, e.g. "encoder.gru". Default none. */
  readonly prefix?: string | undefined;
  /** Only this layer of a stack, from 0. Default all. */
  readonly layer?: number | undefined;
  /** What `torch.nn.GRU` was told. Default: whether there are `_reverse` tensors. */
  readonly bidirectional?: boolean | undefined;
  /** Whether the last layer gives every step's output, as `torch.nn.GRU` does. Default true. */
  readonly returnSequences?: boolean | undefined;
}

/**
 * The state dict of a `torch.nn.GRU` → its layers, one after the other, bidirectional ones merged by concatenation as
 * PyTorch does. Other modules' tensors are not looked at.
 *
 * The initial states of the model are those of PyTorch's h_0, in the same order: by layer, then direction. The final
 * state of the backward direction is the one at t = 0, not in the last column of the output.
 *
 * Source: docstring of `torch.nn.GRU`: `weight_ih_l[k]` is (3·hidden_size, input_size), from layer 1 on
 * (3·hidden_size, num_directions·hidden_size); `_reverse` marks the backward direction.
 *
 * @throws CongruentError `weights`: no layer there, a tensor missing, surplus or of the wrong shape; `option`
 * @example createModel(fromPyTorchModule(stateDict, { prefix: "encoder.gru" }))
 */
export function fromPyTorchModule(
  stateDict: Readonly<Record<string, TensorLike>>,
  options: PyTorchModuleOptions = {},
): (GruLayer | BidirectionalLayer)[] {
  checkKeys(options, ["prefix", "layer", "bidirectional", "returnSequences"], "fromPyTorchModule");
  const { prefix = "" } = options;
  const start = prefix === "" || prefix.endsWith(".") ? prefix : `${prefix}.`;
  const has = (name: string): boolean => Object.hasOwn(stateDict, start + name);

  let count = 0;
  while (has(`weight_ih_l${count}`)) count++;
  if (count === 0) throw expected("weights", `${start}weight_ih_l0`, "a tensor", "none");
  const { layer } = options;
  if (layer !== undefined && !(Number.isInteger(layer) && layer >= 0 && layer < count)) {
    throw expected("option", "fromPyTorchModule.layer", `a whole number from 0 to ${count - 1}`, String(layer));
  }
  const twoWay = readOption(options.bidirectional, has("weight_ih_l0_reverse"), "fromPyTorchModule.bidirectional");
  const returnSequences = readOption(options.returnSequences, true, "fromPyTorchModule.returnSequences");
  refuseSurplus(stateDict, start, count, twoWay);

  const direction = (k: number, suffix: string): GruOptions => {
    const name = (key: string) => `${start}${key}_l${k}${suffix}`;
    const weights = Object.fromEntries(
      keys.filter((key) => has(name(key).slice(start.length))).map((key) => [key, stateDict[name(key)]]),
    );
    const last = layer === undefined ? k === count - 1 : true;
    return { ...convert(weights, name), returnSequences: last ? returnSequences : true };
  };
  const indices = layer === undefined ? Array.from({ length: count }, (_, k) => k) : [layer];
  return indices.map((k) =>
    twoWay
      ? bidirectional({ forward: direction(k, ""), backward: { ...direction(k, "_reverse"), goBackwards: true } })
      : gru(direction(k, "")),
  );
}

/**
 * @param name what to call a tensor in a message
 */
function convert(weights: Partial<PyTorchGru>, name: (key: keyof PyTorchGru) => string): GruOptions {
  for (const key of ["weight_ih", "weight_hh"] as const) {
    if (weights[key] === undefined) throw expected("weights", name(key), "a tensor", "none");
  }
  const units = readUnits(weights.weight_hh, [], undefined, name("weight_hh"));
  const bias = (key: "bias_ih" | "bias_hh") =>
    weights[key] === undefined ? null : readBiases(weights[key], [], units, 1, "rzn", name(key))[0][0];
  return {
    units,
    kernel: readKernels(weights.weight_ih, [], units, undefined, "rzn", name("weight_ih"))[0],
    recurrentKernel: readKernels(weights.weight_hh, [], units, units, "rzn", name("weight_hh"))[0],
    bias: bias("bias_ih"),
    recurrentBias: bias("bias_hh"),
    activation: "tanh",
    recurrentActivation: "sigmoid",
    resetAfter: true,
  };
}

/** A recurrent tensor under the prefix that no layer would read belongs to something that this is not. */
function refuseSurplus(stateDict: object, start: string, layers: number, bidirectional: boolean): void {
  for (const name of Object.keys(stateDict)) {
    const match = name.startsWith(start) && /^(weight|bias)_(\w+)_l(\d+)(_reverse)?$/.exec(name.slice(start.length));
    if (!match) continue;
    const [, kind, what, layer, reverse] = match;
    if (what !== "ih" && what !== "hh") {
      throw new CongruentError("weights", `${name}: expected a GRU's ${kind}_ih or ${kind}_hh, got ${kind}_${what}`);
    }
    if (Number(layer) >= layers || (reverse && !bidirectional)) {
      const wanted = `${layers} ${layers === 1 ? "layer" : "layers"}, ${bidirectional ? "bidirectional" : "forward only"}`;
      throw expected("weights", start || "fromPyTorchModule", wanted, `${name} too`);
    }
  }
}
