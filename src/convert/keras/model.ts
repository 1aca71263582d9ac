import { CongruentError } from "../../errors.ts";
import type { Layer } from "../../layers/layer.ts";
import type { ForeignModel, Part } from "../foreign.ts";
import { type Dialect, readSemantics } from "./dialect.ts";
import { follow, type Incoming, startOf, unknown } from "./incoming.ts";
import { convertLayer } from "./layers.ts";
import type { Stored } from "./stored.ts";
import type { SavedLayer, Topology } from "./topology.ts";

/** What can be given to a reader of Keras's files. */
export interface KerasOptions {
  /** The model's configuration (`model.to_json()`), for a file of weights only. */
  readonly config?: string | undefined;
}

/** What a file's weights are, by its layers. */
export type WeightsOf = (layer: SavedLayer) => readonly Stored[];

/**
 * A configuration and its weights → what the file holds. A layer that cannot be converted is refused for itself.
 *
 * @param format its name
 * @throws CongruentError `file`: weights that are not those of the configuration
 */
export function convertModel(format: string, topology: Topology, weightsOf: WeightsOf, dialect: Dialect): ForeignModel {
  const parts: Part[] = [];
  let incoming = unknown;
  for (const layer of topology.layers) {
    const part = convertPart(layer, weightsOf(layer), dialect, incoming);
    incoming = topology.noChain === null ? follow(incoming, layer, part.layers) : unknown;
    parts.push(part);
  }
  const layers = parts.flatMap((part) => part.layers ?? []);
  const pairs = layers.some((layer) => layer.kind === "bidirectional" && layer.forward.returnSequences);
  return {
    format,
    framework: dialect.tfjs ? "tfjs-layers" : "keras",
    version: dialect.version?.replace(/^tfjs-layers /, "") ?? null,
    semantics: readSemantics(dialect, pairs),
    parts,
    noChain: topology.noChain,
  };
}

function convertPart(layer: SavedLayer, stored: readonly Stored[], dialect: Dialect, before: Incoming): Part {
  const { name, kind } = layer;
  const parameters = stored.reduce((sum, { shape }) => sum + shape.reduce((size, axis) => size * axis, 1), 0);
  const part = { name, kind, parameters, bytes: stored.reduce((sum, { bytes }) => sum + bytes, 0) };
  let layers: readonly Layer[];
  try {
    layers = convertLayer(layer, stored, dialect, startOf(layer) ?? before);
  } catch (error) {
    // A damaged file is no part that could be left out.
    if (!(error instanceof CongruentError) || error.code === "file") throw error;
    return { ...part, layers: null, refusal: error.message };
  }
  return { ...part, layers, refusal: null };
}
