import { CongruentError } from "../../errors.ts";
import type { HdfFile } from "../hdf5/file.ts";
import type { Stored } from "./stored.ts";
import type { SavedLayer } from "./topology.ts";

/**
 * The weights of an `.h5` of Keras 1 and 2, tf.keras, and the legacy format of Keras 3: a group for each layer, by its
 * name, whose attribute `weight_names` says their order.
 *
 * @param group where the layers' groups are: `model_weights`, or the root of a weights-only file
 */
export function readWeightsList(file: HdfFile, group: string): (layer: SavedLayer) => readonly Stored[] {
  const names = new Set(readNames(file, group, "layer_names"));
  return ({ name }) => {
    if (!names.has(name)) return [];
    const place = `${group}/${name}`;
    return readNames(file, place, "weight_names").map((weight) => {
      const dataset = file.dataset(`${place}/${weight}`);
      const { shape, bytes } = dataset;
      return { name: weight, shape, bytes, read: () => dataset.read() };
    });
  };
}

/** A list that Keras spreads over several attributes where it does not fit into one: `layer_names0`, `layer_names1`. */
function readNames(file: HdfFile, path: string, name: string): readonly string[] {
  const found = [];
  let part = file.attribute(path, name) ?? file.attribute(path, `${name}0`);
  if (part === undefined) {
    throw new CongruentError("file", `${file.where}, ${path || "/"}: expected an attribute ${name}, got none`);
  }
  for (let i = 1; part !== undefined; i++) {
    found.push(...[part].flat());
    part = file.attribute(path, `${name}${i}`);
  }
  return found;
}
