import { readModelFile } from "../../format/model-file.ts";
import { readSafetensors, type StoredTensor } from "../../format/safetensors.ts";
import { int8Parts } from "../../int8/model-file.ts";
import { directionsOf, type Layer } from "../../layers/layer.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { countNumbers } from "../named-tensor.ts";

/**
 * A model file of our own, as one of many formats: to be inspected, and to be written again in another way.
 *
 * @throws CongruentError as `loadModel` of congruent/int8 does
 */
export async function read(file: ForeignFile): Promise<ForeignModel> {
  const { layers, semantics, source } = readModelFile(file.bytes, file.name, int8Parts);
  const { tensors } = readSafetensors(file.bytes, file.name);
  return {
    format: "congruent",
    framework: source?.framework ?? "congruent",
    version: source?.version ?? null,
    semantics,
    parts: layers.map((layer, i) => ({
      name: layer.name,
      kind: layer.kind,
      layers: [layer],
      refusal: null,
      ...measure(
        layer,
        [...tensors].filter(([name]) => name.startsWith(`layers.${i}.`)),
      ),
    })),
    noChain: null,
  };
}

/** Weights of a layer, their bytes in the file, and what they are there; scales are no weights, but bytes. */
function measure(layer: Layer, tensors: readonly (readonly [string, StoredTensor])[]) {
  const weights = tensors.filter(([name]) => !name.endsWith("Scales"));
  const [direction] = directionsOf(layer);
  const names = weights.map(([, { dtype }]) => {
    if (dtype !== "I8") return dtype.toLowerCase();
    return direction?.int8 ? `int8 at ${direction.int8.precision} bits` : "int8";
  });
  return {
    parameters: weights.reduce((sum, [, { shape }]) => sum + countNumbers(shape), 0),
    bytes: tensors.reduce((sum, [, { bytes }]) => sum + bytes.length, 0),
    dtype: [...new Set(names)].join(", "),
  };
}
