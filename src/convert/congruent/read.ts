import { describeLayer } from "../../format/describe.ts";
import { readModelFile } from "../../format/model-file.ts";
import type { Layer } from "../../layers/layer.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { countNumbers } from "../named-tensor.ts";

/**
 * A model file of our own, as one of many formats: to be inspected, and to be written again in another way.
 *
 * @throws CongruentError as `loadModel` does
 */
export async function read(file: ForeignFile): Promise<ForeignModel> {
  const { layers, semantics, source } = readModelFile(file.bytes, file.name);
  return {
    format: "congruent",
    framework: source?.framework ?? "congruent",
    version: source?.version ?? null,
    semantics,
    parts: layers.map((layer) => ({
      name: layer.name,
      kind: layer.kind,
      layers: [layer],
      refusal: null,
      ...measure(layer),
    })),
    noChain: null,
  };
}

/** Numbers of a layer's tensors, and their bytes in memory. */
function measure(layer: Layer): { parameters: number; bytes: number } {
  const count = (value: unknown): number => {
    if (typeof value !== "object" || value === null) return 0;
    const { data, shape } = value as { data?: unknown; shape?: readonly number[] };
    if (data instanceof Float32Array && shape) return countNumbers(shape);
    return Object.values(value).reduce((sum: number, inner) => sum + count(inner), 0);
  };
  const parameters = count(describeLayer(layer));
  return { parameters, bytes: 4 * parameters };
}
