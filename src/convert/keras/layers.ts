import { dense, dropout, embedding, masking } from "../../kernel/layers.ts";
import type { Layer } from "../../layers/layer.ts";
import { readActivation } from "./activation.ts";
import { Config, isJson, unsupported } from "./config.ts";
import type { Dialect } from "./dialect.ts";
import type { Incoming } from "./incoming.ts";
import {
  readActivations,
  readBatchNormalization,
  readLayerNormalization,
  readPooling,
  readRepeatVector,
} from "./inference.ts";
import { readBidirectional, readGru } from "./recurrent.ts";
import { checkShape, type Stored, takeRoles } from "./stored.ts";
import { readLayer, type SavedLayer } from "./topology.ts";

/**
 * A layer of Keras and its weights → our layers; none where it does nothing at inference.
 * @throws CongruentError `unsupported`, `file`, `option` or `weights`
 */
type Reader = (layer: SavedLayer, stored: readonly Stored[], dialect: Dialect, incoming: Incoming) => readonly Layer[];

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ["InputLayer", readInput],
  ["Embedding", readEmbedding],
  ["Masking", readMasking],
  ["GRU", (layer, stored, dialect) => [readGru(layer, stored, dialect)]],
  ["CuDNNGRU", (layer, stored, dialect) => [readGru(layer, stored, dialect)]],
  ["RNN", (layer, stored, dialect) => [readGru(layer, stored, dialect)]],
  ["Bidirectional", (layer, stored, dialect) => [readBidirectional(layer, stored, dialect)]],
  ["Dense", readDense],
  // Keras 1 had it as a layer of its own until TimeDistributed.
  ["TimeDistributedDense", readDense],
  ["TimeDistributed", readTimeDistributed],
  ["Dropout", readDropout],
  ["SpatialDropout1D", readDropout],
  ["Activation", readActivations],
  ["ReLU", readActivations],
  ["LeakyReLU", readActivations],
  ["ELU", readActivations],
  ["BatchNormalization", readBatchNormalization],
  ["BatchNormalizationV1", readBatchNormalization],
  ["BatchNormalizationV2", readBatchNormalization],
  ["LayerNormalization", readLayerNormalization],
  ["GlobalAveragePooling1D", readPooling],
  ["GlobalMaxPooling1D", readPooling],
  ["RepeatVector", readRepeatVector],
]);

/** The layer classes that are read. */
export const layerKinds: readonly string[] = [...readers.keys()];

/**
 * One layer of a model.
 * @throws CongruentError `unsupported`: by name, saying what was found
 */
export function convertLayer(
  layer: SavedLayer,
  stored: readonly Stored[],
  dialect: Dialect,
  incoming: Incoming,
): readonly Layer[] {
  const read = readers.get(layer.kind);
  if (!read) throw unsupported(layer.name, `is of the class ${layer.kind}, which congruent does not have`);
  return read(layer, stored, dialect, incoming);
}

function readInput({ name, config }: SavedLayer, stored: readonly Stored[]): readonly Layer[] {
  takeRoles(stored, [], name);
  for (const key of ["sparse", "ragged"]) {
    if (config[key]) throw unsupported(name, `takes ${key} tensors`);
  }
  return [];
}

function readEmbedding(
  { name, config: values }: SavedLayer,
  stored: readonly Stored[],
  { major }: Dialect,
): readonly Layer[] {
  const config = new Config(values, name);
  const [weights] = takeRoles(stored, [major === 1 ? "W" : "embeddings"], name);
  checkShape(weights, [config.number(undefined, "input_dim"), config.number(undefined, "output_dim")], name);
  const maskZero = config.flag(false, "mask_zero");
  config.only("quantization_config", [null], "is not known here");
  config.only("lora_rank", [null], "is not known here");
  config.only("sparse", [false], "is not known here");
  config.close("dropout");
  return [embedding({ name, weights, maskZero })];
}

function readMasking({ name, config: values }: SavedLayer, stored: readonly Stored[]): readonly Layer[] {
  takeRoles(stored, [], name);
  const config = new Config(values, name);
  const maskValue = config.number(0, "mask_value");
  config.close();
  return [masking({ name, maskValue })];
}

function readDense(
  { name, config: values }: SavedLayer,
  stored: readonly Stored[],
  dialect: Dialect,
): readonly Layer[] {
  const config = new Config(values, name);
  const units = config.number(undefined, "units", "output_dim");
  const useBias = config.flag(true, "use_bias", "bias");
  const roles = dialect.major === 1 ? ["W", "b"] : ["kernel", "bias"];
  const [kernel, bias] = takeRoles(stored, useBias ? roles : roles.slice(0, 1), name);
  checkShape(kernel, [null, units], `${name}, kernel`);
  if (bias) checkShape(bias, [units], `${name}, bias`);
  const activation = readActivation(config.any("activation") ?? null, dialect, name);
  config.only("quantization_config", [null], "is not known here");
  config.only("lora_rank", [null], "is not known here");
  config.close();
  return [dense({ name, units, kernel, ...(bias ? { bias } : {}), activation })];
}

/** A layer at every step: Dense works so by itself. */
function readTimeDistributed(...[layer, stored, dialect, incoming]: Parameters<Reader>): readonly Layer[] {
  const { name } = layer;
  const config = new Config(layer.config, name);
  const inner = config.any("layer");
  config.close();
  if (!isJson(inner)) throw unsupported(name, "has no layer inside");
  const wrapped = readLayer(inner, name);
  const stepwise = ["Dense", "Dropout", "Activation"];
  if (!stepwise.includes(wrapped.kind)) {
    throw unsupported(name, `wraps ${wrapped.kind}: expected ${stepwise.join(", ")}`);
  }
  return convertLayer({ ...wrapped, name }, stored, dialect, incoming);
}

function readDropout({ name, config: values }: SavedLayer, stored: readonly Stored[]): readonly Layer[] {
  takeRoles(stored, [], name);
  const config = new Config(values, name);
  config.any("rate", "p");
  config.close();
  return [dropout({ name })];
}
