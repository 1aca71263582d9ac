/**
 * congruent in plain TypeScript: the same API and the same bits, without WebAssembly, far slower. For runtimes that have
 * none, and for reading.
 *
 * @module
 */
import type { LoadedModel } from "../format/load.ts";
import { loadLater } from "../format/load-later.ts";
import type { ModelFileSource } from "../format/source.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model, ModelOptions } from "../model/model.ts";
import { reference } from "./kernel.ts";

export * from "../api.ts";
export { bidirectional } from "../layers/bidirectional.ts";
export { dense } from "../layers/dense.ts";
export { dropout } from "../layers/dropout.ts";
export { embedding } from "../layers/embedding.ts";
export { gru } from "../layers/gru.ts";
export { masking } from "../layers/masking.ts";

/**
 * Makes a model of a stack of layers.
 *
 * @throws CongruentError `model` when the layers do not fit together
 */
export function createModel(layers: readonly Layer[], options?: ModelOptions): Model {
  return reference.createModel(layers, options);
}

/**
 * A model out of a file, as `loadModel` of the entry `congruent` makes it.
 *
 * @throws CongruentError `file`, `unsupported`; or as {@link createModel} does
 */
export async function loadModel(source: ModelFileSource | PromiseLike<ModelFileSource>): Promise<LoadedModel> {
  return (await loadLater(import("../format/load.ts"))).loadModelWith(createModel, source);
}
