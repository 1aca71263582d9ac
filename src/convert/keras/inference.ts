import {
  activation,
  batchNormalization,
  globalAveragePooling1D,
  globalMaxPooling1D,
  layerNormalization,
  repeatVector,
} from "../../layers/index.ts";
import type { Layer } from "../../layers/layer.ts";
import { readActivation, readActivationLayer } from "./activation.ts";
import { Config, unsupported, write } from "./config.ts";
import type { Dialect } from "./dialect.ts";
import type { Incoming } from "./incoming.ts";
import { type Stored, takeRoles } from "./stored.ts";
import type { SavedLayer } from "./topology.ts";

/** Layers without a state: what stands around a GRU. */

/** `Activation`, and the activations that are layers with parameters. */
export function readActivations(layer: SavedLayer, stored: readonly Stored[], dialect: Dialect): readonly Layer[] {
  const { name, kind } = layer;
  takeRoles(stored, [], name);
  const config = new Config(layer.config, name);
  if (kind !== "Activation") {
    const own = readActivationLayer(kind, config);
    if (own === null) throw unsupported(name, `is of the class ${kind}, which congruent does not have`);
    return [activation({ name, activation: own })];
  }
  const given = readActivation(config.any("activation") ?? null, dialect, name);
  config.close();
  return [activation({ name, activation: given })];
}

/** At inference: the mean and the variance that were learned. */
export function readBatchNormalization(
  layer: SavedLayer,
  stored: readonly Stored[],
  dialect: Dialect,
  incoming: Incoming,
): readonly Layer[] {
  const { name } = layer;
  const config = new Config(layer.config, name);
  checkAxis(config, incoming);
  const center = config.flag(true, "center");
  const scale = config.flag(true, "scale");
  const statistics = dialect.major === 1 ? ["running_mean", "running_std"] : ["moving_mean", "moving_variance"];
  const roles = [...(scale ? ["gamma"] : []), ...(center ? ["beta"] : []), ...statistics];
  const weights = takeRoles(stored, roles, name);
  const of = (role: string) => weights[roles.indexOf(role)] ?? null;
  const epsilon = config.number(undefined, "epsilon");
  // Before 1.1, Keras kept a standard deviation under this name, or divided otherwise.
  if (dialect.major === 1 && !/^1\.[12]\./.test(dialect.version ?? "")) {
    throw unsupported(name, "is a BatchNormalization of a Keras before 1.1, which computed it otherwise");
  }
  // Keras 1: 0 takes what was learned, 1 and 2 the batch or the sample itself.
  config.only("mode", [0], "does not use what was learned");
  config.only("renorm", [false], "is not known here");
  config.only("virtual_batch_size", [null], "is not known here");
  config.close("momentum", "synchronized", "fused", "renorm_clipping", "renorm_momentum", "gamma_init", "beta_init");
  const [mean, variance] = [of(statistics[0]), of(statistics[1])];
  return [batchNormalization({ name, mean, variance, gamma: of("gamma"), beta: of("beta"), epsilon })];
}

export function readLayerNormalization(
  layer: SavedLayer,
  stored: readonly Stored[],
  _: Dialect,
  incoming: Incoming,
): readonly Layer[] {
  const { name } = layer;
  const config = new Config(layer.config, name);
  checkAxis(config, incoming);
  const center = config.flag(true, "center");
  const scale = config.flag(true, "scale");
  const roles = [...(scale ? ["gamma"] : []), ...(center ? ["beta"] : [])];
  const weights = takeRoles(stored, roles, name);
  const inputs = weights.length > 0 ? weights[0].data.length : incoming.features;
  if (inputs === null)
    throw unsupported(name, "has no weights, and nothing before it says how many features there are");
  const epsilon = config.number(undefined, "epsilon");
  config.only("rms_scaling", [false], "is not known here");
  config.close();
  const of = (role: string) => weights[roles.indexOf(role)] ?? null;
  return [layerNormalization({ name, inputs, gamma: of("gamma"), beta: of("beta"), epsilon })];
}

export function readPooling({ name, kind, config: values }: SavedLayer, stored: readonly Stored[]): readonly Layer[] {
  takeRoles(stored, [], name);
  const config = new Config(values, name);
  config.only("data_format", ["channels_last"], "is not known here");
  config.only("keepdims", [false], "is not known here");
  config.close();
  return [kind === "GlobalMaxPooling1D" ? globalMaxPooling1D({ name }) : globalAveragePooling1D({ name })];
}

export function readRepeatVector({ name, config: values }: SavedLayer, stored: readonly Stored[]): readonly Layer[] {
  takeRoles(stored, [], name);
  const config = new Config(values, name);
  const n = config.number(undefined, "n");
  config.close();
  return [repeatVector({ name, n })];
}

/** Refuses another axis than the last one, the features. tf.keras and TF.js write it as a number from the front. */
function checkAxis(config: Config, { rank }: Incoming): void {
  const given = config.any("axis") ?? -1;
  const axis = Array.isArray(given) && given.length === 1 ? given[0] : given;
  if (axis !== -1 && (rank === null || axis !== rank - 1)) {
    throw unsupported(config.where, `axis ${write(given)}: expected the last one, the features`);
  }
}
