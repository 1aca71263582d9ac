/**
 * congruent on Vercel's edge, by the export condition `edge-light`: nothing may be compiled at run time there, so the
 * module is imported in the way of its bundlers, `?module`, and deployed with the function.
 *
 * @module
 */

import type { LoadedModel } from "./format/load.ts";
import type { ModelFileSource } from "./format/source.ts";
import module from "./gru.wasm?module";
import { kernelOf } from "./kernel/kernel.ts";
import { software } from "./kernel/software.ts";
import { loadModel as loadModelOn } from "./load.ts";

export * from "./api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "./kernel/layers.ts";

/**
 * Makes a model of a stack of layers, as `createModel` of the default entry does.
 *
 * @throws CongruentError `model` when the layers do not fit together, `memory` when they do not fit into WebAssembly's
 * memory, `wasm` when the module is not congruent's
 */
export const { createModel } = kernelOf(() => module, software);

/**
 * A model out of a file, as `loadModel` of the default entry makes it.
 *
 * @throws CongruentError `file`, `unsupported`; or as {@link createModel} does
 */
export function loadModel(source: ModelFileSource | PromiseLike<ModelFileSource>): Promise<LoadedModel> {
  return loadModelOn(source, { createModel });
}
