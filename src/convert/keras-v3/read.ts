import { CongruentError } from "../../errors.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { HdfFile } from "../hdf5/file.ts";
import { parseJson, unsupported } from "../keras/config.ts";
import { readDialect } from "../keras/dialect.ts";
import { convertModel } from "../keras/model.ts";
import { readTopology } from "../keras/topology.ts";
import { readWeightsStore } from "../keras/weights-store.ts";
import { ZipArchive } from "../zip/archive.ts";

/**
 * A `.keras` file of Keras 3, or of tf.keras from 2.12: a zip with `metadata.json`, `config.json` and
 * `model.weights.h5`. Nothing in it is executed: a Lambda is refused like any layer that is not known.
 *
 * @throws CongruentError `file`: no such file, or a damaged one; `unsupported`: a model that is not one of layers, or
 *   whose weights are in several files
 */
export async function read(file: ForeignFile): Promise<ForeignModel> {
  const archive = new ZipArchive(file.bytes, file.name);
  const readJson = (name: string) => {
    const bytes = archive.read(name);
    let text: string;
    try {
      text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch (cause) {
      throw new CongruentError("file", `${file.name}, ${name}: expected UTF-8`, { cause });
    }
    return parseJson(text, `${file.name}, ${name}`);
  };
  const { keras_version: version } = readJson("metadata.json");
  if (typeof version !== "string") {
    throw new CongruentError("file", `${file.name}, metadata.json: expected a keras_version, got none`);
  }
  if (!archive.has("model.weights.h5") && archive.has("model.weights.json")) {
    throw unsupported(file.name, "its weights are in several files (max_shard_size)");
  }
  const topology = readTopology(readJson("config.json"), `${file.name}, config.json`);
  const weights = new HdfFile(archive.read("model.weights.h5"), `${file.name}, model.weights.h5`);
  return convertModel("keras-v3", topology, readWeightsStore(weights, topology), readDialect(version, null));
}
