import { CongruentError, show } from "../../errors.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { isJson, type Json, parseJson, unsupported } from "../keras/config.ts";
import { readDialect } from "../keras/dialect.ts";
import { convertModel } from "../keras/model.ts";
import type { Stored } from "../keras/stored.ts";
import { readTopology, type SavedLayer } from "../keras/topology.ts";
import { readManifest } from "./weights.ts";

/**
 * A `model.json` of TF.js layers and the shards beside it: saved by TF.js itself, or converted from Keras.
 *
 * A converted model keeps the meaning that it had in Keras (its `keras_version` says which), where TF.js may give other
 * numbers or none: it has no `reset_after`, and does not zero padded outputs of Bidirectional.
 *
 * @throws CongruentError `file`: no such file, a damaged one, or no shards; `unsupported`: a graph model
 */
export async function read(file: ForeignFile): Promise<ForeignModel> {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(file.bytes);
  } catch (cause) {
    throw new CongruentError("file", `${file.name}: expected JSON, got bytes that are no UTF-8`, { cause });
  }
  const json = parseJson(text, file.name);
  if (json.format === "graph-model") {
    throw unsupported(
      file.name,
      "a graph model, which holds operations and no layers; convert the Keras model instead",
    );
  }
  const written = json.modelTopology;
  if (!isJson(written)) {
    throw new CongruentError("file", `${file.name}: expected a modelTopology, got ${show(written)}`);
  }
  // A model of its own has its class and configuration here; a converted one, below `model_config`.
  const model: Json = isJson(written.model_config) ? written.model_config : written;
  const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);
  const dialect = readDialect(
    textOf(written.keras_version) ?? textOf(model.keras_version),
    textOf(written.backend) ?? textOf(model.backend),
  );
  const topology = readTopology(model, `${file.name}, modelTopology`);
  const weights = shareOut(await readManifest(json.weightsManifest, file), topology.stored, file.name);
  return convertModel("tfjs-layers", topology, (layer) => weights.get(layer.name) ?? [], dialect);
}

/** The weights of each layer, known by the first part of their path that is a layer's name: `model/gru/gru_cell/kernel`. */
function shareOut(stored: readonly Stored[], layers: readonly SavedLayer[], where: string): Map<string, Stored[]> {
  const shares = new Map<string, Stored[]>(layers.map(({ name }) => [name, []]));
  for (const weight of stored) {
    const owner = weight.name.split("/").find((part) => shares.has(part));
    if (owner === undefined) {
      throw new CongruentError("file", `${where}: a weight ${show(weight.name)} is of no layer in the topology`);
    }
    shares.get(owner)?.push(weight);
  }
  return shares;
}
