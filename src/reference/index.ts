/**
 * congruent in plain TypeScript: the same API and the same bits, without WebAssembly, far slower. For runtimes that have
 * none, and for reading.
 *
 * @module
 */
import type { Layer } from "../layers/layer.ts";
import type { Model } from "../model/model.ts";
import { reference } from "./kernel.ts";

export * from "../api.ts";

/**
 * Makes a model of a stack of layers.
 *
 * @throws CongruentError `model` when the layers do not fit together
 */
export function createModel(layers: readonly Layer[]): Model {
  return reference.createModel(layers);
}
