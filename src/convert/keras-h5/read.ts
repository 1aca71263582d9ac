import { CongruentError } from "../../errors.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { HdfFile } from "../hdf5/file.ts";
import { type Json, parseJson } from "../keras/config.ts";
import { type Dialect, readDialect } from "../keras/dialect.ts";
import { convertModel, type KerasOptions } from "../keras/model.ts";
import { readTopology } from "../keras/topology.ts";
import { readWeightsList } from "../keras/weights-list.ts";
import { isWeightsStore, readWeightsStore } from "../keras/weights-store.ts";

/**
 * An `.h5` of Keras: a whole model of Keras 1 and 2, of tf.keras, or in the legacy format of Keras 3; or weights only
 * (`save_weights`, `.weights.h5`), with the model's configuration given beside them.
 *
 * @throws CongruentError `file`: no such file, or a damaged one; `unsupported`: a model that is not one of layers;
 *   `option`: weights without a configuration
 */
export async function read(file: ForeignFile, options: KerasOptions = {}): Promise<ForeignModel> {
  const hdf = new HdfFile(file.bytes, file.name);
  const text = options.config ?? hdf.attribute("/", "model_config");
  if (typeof text !== "string") {
    throw new CongruentError(
      "option",
      `${file.name}: expected a model, got weights only; give the model's configuration (model.to_json()) as well`,
    );
  }
  const where = options.config === undefined ? `${file.name}, model_config` : "config";
  const model = parseJson(text, where);
  const topology = readTopology(model, where);
  if (isWeightsStore(hdf)) {
    const version = typeof model.keras_version === "string" ? model.keras_version : "3";
    return convertModel("keras-h5", topology, readWeightsStore(hdf, topology), readDialect(version, null));
  }
  const group = hdf.has("model_weights") ? "model_weights" : "";
  return convertModel("keras-h5", topology, readWeightsList(hdf, group), dialectOf(hdf, group, model));
}

/** The version in the configuration, or of the file; the first Keras wrote none. */
function dialectOf(hdf: HdfFile, group: string, model: Json): Dialect {
  const find = (name: string): string | null => {
    const value = model[name] ?? hdf.attribute("/", name) ?? hdf.attribute(group, name);
    return typeof value === "string" ? value : null;
  };
  // Keras 3 writes no version into a configuration, and a registered name, as no other does.
  const modern = Object.hasOwn(model, "registered_name") ? "3" : null;
  return readDialect(find("keras_version") ?? modern, find("backend"));
}
