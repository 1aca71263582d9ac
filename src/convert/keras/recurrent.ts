import type { ActivationOption } from "../../activation.ts";
import { bidirectional, gru } from "../../kernel/layers.ts";
import type { GruOptions } from "../../layers/gru.ts";
import type { Layer, MergeMode } from "../../layers/layer.ts";
import type { Tensor } from "../../tensor.ts";
import { readActivation } from "./activation.ts";
import { Config, isJson, unsupported, write } from "./config.ts";
import type { Dialect } from "./dialect.ts";
import { checkShape, type Stored, takeRoles } from "./stored.ts";
import { readLayer, type SavedLayer } from "./topology.ts";

/** Options that say how to compute, or what to do in training, and change no number. */
const ignored = ["unroll", "dropout", "recurrent_dropout", "implementation", "consume_less", "dropout_W", "dropout_U"];

/** A GRU of any version of Keras: GRU, CuDNNGRU, or an RNN over a GRUCell. */
export function readGru(layer: SavedLayer, stored: readonly Stored[], dialect: Dialect): Layer {
  return gru(readGruOptions(layer, stored, dialect));
}

function readGruOptions(layer: SavedLayer, stored: readonly Stored[], dialect: Dialect): GruOptions {
  const { kind, name } = layer;
  if (kind === "CuDNNGRU") return readCudnnGru(layer, stored);
  const config = new Config(kind === "RNN" ? withCell(layer) : layer.config, name);
  const units = config.number(undefined, "units", "output_dim");
  const useBias = config.flag(true, "use_bias");
  const [kernel, recurrentKernel, bias] =
    stored.length === 9 && dialect.major === 1 ? joinGates(stored, name) : takeWeights(stored, useBias, dialect, name);
  checkShape(kernel, [null, 3 * units], `${name}, kernel`);
  checkShape(recurrentKernel, [units, 3 * units], `${name}, recurrent kernel`);
  const resetAfter = readResetAfter(config, bias ?? null, dialect);
  if (bias) checkShape(bias, resetAfter ? [2, 3 * units] : [3 * units], `${name}, bias`);
  const options: GruOptions = {
    name,
    units,
    kernel,
    recurrentKernel,
    ...(bias ? { bias } : {}),
    useBias,
    activation: gateActivation(config, "activation", undefined, dialect),
    // The first Keras had no sigmoid for a standard.
    recurrentActivation: gateActivation(config, "recurrent_activation", "inner_activation", dialect),
    resetAfter,
    ...readRun(config),
    zeroOutputForMask: config.flag(false, "zero_output_for_mask"),
  };
  config.only("time_major", [false], "is not known here");
  config.only("num_constants", [null], "is not known here");
  config.only("use_cudnn", ["auto", true, false], "is not known here");
  config.close(...ignored);
  return options;
}

/** What a layer gives, and from where to where it runs. */
function readRun(config: Config): Partial<GruOptions> {
  return {
    returnSequences: config.flag(false, "return_sequences"),
    returnState: config.flag(false, "return_state"),
    goBackwards: config.flag(false, "go_backwards"),
    stateful: config.flag(false, "stateful"),
  };
}

function takeWeights(stored: readonly Stored[], useBias: boolean, dialect: Dialect, name: string): Tensor[] {
  const roles = dialect.major === 1 ? ["W", "U", "b"] : ["kernel", "recurrent_kernel", "bias"];
  return takeRoles(stored, useBias ? roles : roles.slice(0, 2), name);
}

/** An activation that must be written down: versions differ in what stands for none. */
function gateActivation(config: Config, key: string, former: string | undefined, dialect: Dialect): ActivationOption {
  const value = former === undefined ? config.any(key) : config.any(key, former);
  if (value === undefined) throw unsupported(config.where, `says no ${key}, and versions of Keras differ in it`);
  const activation = readActivation(value, dialect, config.where);
  if (activation === "softmax") throw unsupported(config.where, `${key} softmax, which is not elementwise`);
  return activation;
}

/** Where r multiplies. A configuration before Keras 2.1.3 does not say: it was before the product. */
function readResetAfter(config: Config, bias: Tensor | null, dialect: Dialect): boolean {
  if (config.has("reset_after")) return config.flag(false, "reset_after");
  if (dialect.major === 1 || dialect.tfjs) return false;
  // Two biases are there in one case only.
  if (bias) return bias.shape.length === 2;
  throw unsupported(config.where, "says no reset_after and has no bias to tell it from");
}

/** Keras 1 kept each gate apart, as W, U, b of z, then of r, then of h. */
function joinGates(stored: readonly Stored[], name: string): Tensor[] {
  const roles = ["z", "r", "h"].flatMap((gate) => [`W_${gate}`, `U_${gate}`, `b_${gate}`]);
  const tensors = takeRoles(stored, roles, name);
  return [0, 1, 2].map((kind) => {
    const gates = [tensors[kind], tensors[kind + 3], tensors[kind + 6]];
    const units = gates[0].shape.at(-1) ?? 0;
    const rows = gates[0].shape.length === 2 ? gates[0].shape[0] : 1;
    const data = new Float32Array(rows * 3 * units);
    gates.forEach((gate, g) => {
      checkShape(gate, gates[0].shape, `${name}, ${roles[3 * g + kind]}`);
      for (let row = 0; row < rows; row++) {
        data.set(gate.data.subarray(row * units, (row + 1) * units), row * 3 * units + g * units);
      }
    });
    return { data, shape: gates[0].shape.length === 2 ? [rows, 3 * units] : [3 * units] };
  });
}

/**
 * Keras 2's CuDNNGRU: tanh, sigmoid, reset after. Gates stand as z|r|h, as everywhere in Keras, but what is in a gate is
 * cuDNN's: the kernel's numbers are those of (H, I), in a tensor whose shape says (I, H), and the recurrent kernel is
 * transposed. The biases, input then recurrent, are in one row.
 * Source: `_convert_rnn_weights` in keras/engine/saving.py of Keras 2.2.4.
 */
function readCudnnGru({ name, config: values }: SavedLayer, stored: readonly Stored[]): GruOptions {
  const config = new Config(values, name);
  const units = config.number(undefined, "units");
  const [kernel, recurrentKernel, bias] = takeRoles(stored, ["kernel", "recurrent_kernel", "bias"], name);
  checkShape(kernel, [null, 3 * units], `${name}, kernel`);
  checkShape(recurrentKernel, [units, 3 * units], `${name}, recurrent kernel`);
  checkShape(bias, [6 * units], `${name}, bias`);
  const options: GruOptions = {
    name,
    units,
    kernel: fromCudnn(kernel, units, true),
    recurrentKernel: fromCudnn(recurrentKernel, units, false),
    bias: { data: bias.data, shape: [2, 3 * units] },
    activation: "tanh",
    recurrentActivation: "sigmoid",
    resetAfter: true,
    ...readRun(config),
  };
  config.only("time_major", [false], "is not known here");
  config.close();
  return options;
}

/**
 * @param reshaped whether the shape of a gate, (rows, H), only covers numbers that are those of (H, rows)
 */
function fromCudnn({ data, shape }: Tensor, units: number, reshaped: boolean): Tensor {
  const [rows, width] = shape;
  const out = new Float32Array(data.length);
  for (let gate = 0; gate < 3; gate++) {
    for (let row = 0; row < rows; row++) {
      for (let unit = 0; unit < units; unit++) {
        // Where the number stands in the gate, counted row by row.
        const place = unit * rows + row;
        const [fromRow, fromUnit] = reshaped ? [Math.floor(place / units), place % units] : [unit, row];
        out[row * width + gate * units + unit] = data[fromRow * width + gate * units + fromUnit];
      }
    }
  }
  return { data: out, shape };
}

/** `RNN(GRUCell)`: the cell's options and the layer's, as a GRU has them all. */
function withCell({ name, config }: SavedLayer): SavedLayer["config"] {
  const cell = readLayer(config.cell, `${name}, cell`);
  if (cell.kind !== "GRUCell") throw unsupported(name, `an RNN over ${cell.kind}: expected GRUCell`);
  const { cell: _, ...own } = config;
  return { ...cell.config, ...own };
}

/** Keras's Bidirectional over a GRU. */
export function readBidirectional(layer: SavedLayer, stored: readonly Stored[], dialect: Dialect): Layer {
  const { name } = layer;
  const config = new Config(layer.config, name);
  const forward = readWrapped(config.any("layer"), name);
  const given = config.any("backward_layer") ?? null;
  // TF.js reads the key and does not use it.
  if (given !== null && dialect.tfjs) throw unsupported(name, "a backward_layer, which TF.js ignores");
  const half = stored.length / 2;
  const first = readGruOptions(forward, stored.slice(0, half), dialect);
  const turned = { ...forward, config: { ...forward.config, go_backwards: !first.goBackwards } };
  const backward = given === null ? turned : readWrapped(given, name);
  const second = readGruOptions(backward, stored.slice(half), dialect);
  if (first.goBackwards || !second.goBackwards) throw unsupported(name, "a forward layer that goes backwards");
  const mergeMode = config.any("merge_mode") ?? null;
  const known: readonly unknown[] = ["concat", "sum", "mul", "ave", null];
  if (!known.includes(mergeMode)) throw unsupported(name, `merge_mode ${write(mergeMode)}`);
  for (const key of ["return_sequences", "return_state", "stateful", "zero_output_for_mask"]) {
    const value = config.any(key);
    const inner = forward.config[key];
    if (value !== undefined && inner !== undefined && value !== inner) {
      throw unsupported(name, `${key} ${write(value)}, and its layer has ${write(inner)}`);
    }
  }
  config.only("num_constants", [null], "is not known here");
  config.close();
  return bidirectional({
    name,
    forward: { ...first, name: `${name}.forward` },
    backward: { ...second, name: `${name}.backward` },
    mergeMode: mergeMode as MergeMode | null,
  });
}

function readWrapped(value: unknown, where: string): SavedLayer {
  if (!isJson(value)) throw unsupported(where, "has no layer inside");
  const layer = readLayer(value, where);
  if (layer.kind !== "GRU" && layer.kind !== "CuDNNGRU") throw unsupported(where, `wraps ${layer.kind}: expected GRU`);
  return { ...layer, name: where };
}
