import { CongruentError } from "../../errors.ts";
import type { HdfFile } from "../hdf5/file.ts";
import { layerKinds } from "./layers.ts";
import { toSnakeCase } from "./snake.ts";
import type { Stored } from "./stored.ts";
import type { SavedLayer, Topology } from "./topology.ts";

/** Where a layer's own weights are below its group, if not in `vars`; other variables there are states of dropout. */
const places: Readonly<Record<string, readonly string[]>> = {
  GRU: ["cell/vars"],
  RNN: ["cell/vars"],
  Bidirectional: ["forward_layer/cell/vars", "backward_layer/cell/vars"],
  TimeDistributed: ["layer/vars"],
  Dropout: [],
  SpatialDropout1D: [],
};

/** The group of the layers: Keras 3 and tf.keras from 2.13, and tf.keras 2.12. */
const containers = ["layers", "_layer_checkpoint_dependencies"];

/** Whether a file keeps weights by the position of their layer, as `model.weights.h5` does. */
export function isWeightsStore(file: HdfFile): boolean {
  return containers.some((name) => file.has(name));
}

/**
 * The weights of a `model.weights.h5`, where a layer is known by its class and its position among those of its class:
 * `layers/gru_1/cell/vars/0`. Names count for nothing.
 *
 * @throws CongruentError `file`: a layer of the file that the configuration does not have
 */
export function readWeightsStore(file: HdfFile, topology: Topology): (layer: SavedLayer) => readonly Stored[] {
  const container = containers.find((name) => file.has(name)) ?? containers[0];
  const groups = new Map<SavedLayer, string>();
  const used = new Map<string, number>();
  for (const layer of topology.stored) {
    const name = toSnakeCase(layer.kind);
    const before = used.get(name) ?? 0;
    used.set(name, before + 1);
    groups.set(layer, `${container}/${before === 0 ? name : `${name}_${before}`}`);
  }
  const known = new Set(groups.values());
  for (const name of file.children(container)) {
    const path = `${container}/${name}`;
    if (!known.has(path) && file.datasetsBelow(path).length > 0) {
      throw new CongruentError("file", `${file.where}: ${path} has weights, and the configuration has no such layer`);
    }
  }
  return (layer) => {
    const group = groups.get(layer) ?? "";
    const below = layerKinds.includes(layer.kind) ? (places[layer.kind] ?? ["vars"]) : null;
    const paths = below ? below.flatMap((place) => inOrder(file, `${group}/${place}`)) : file.datasetsBelow(group);
    return paths.map((path) => {
      const dataset = file.dataset(path);
      const { shape, bytes } = dataset;
      return { name: path.slice(path.lastIndexOf("/") + 1), shape, bytes, read: () => dataset.read() };
    });
  };
}

/** The variables of a group: `0`, `1`, `2`. */
function inOrder(file: HdfFile, group: string): string[] {
  const names = file.children(group).sort((a, b) => Number(a) - Number(b));
  names.forEach((name, i) => {
    if (name !== String(i)) throw new CongruentError("file", `${file.where}, ${group}: expected ${i}, got ${name}`);
  });
  return names.map((name) => `${group}/${name}`);
}
