/**
 * congruent/int8 on Vercel's edge, by the export condition `edge-light`: the module is imported in the way of its bundlers,
 * `?module`; the one without relaxed SIMD, which not every version of the runtime below has.
 *
 * @module
 */

import type { LoadedModel } from "../format/load.ts";
import type { ModelFileSource } from "../format/source.ts";
import { loadKernelModel } from "../kernel/load.ts";
import { reference } from "../reference/kernel.ts";
import module from "./int8-plain.wasm?module";
import { int8KernelOf } from "./kernel.ts";
import { int8Parts } from "./model-file.ts";

export * from "./api.ts";

/**
 * Makes a model of a stack of layers, quantised or not, as `createModel` of the default entry does.
 *
 * @throws CongruentError `model` when the layers do not fit together, `memory` when they do not fit into WebAssembly's
 * memory, `wasm` when the module is not congruent's
 */
export const { createModel } = int8KernelOf(() => module, reference);

/**
 * A model out of a file, f32 or int8, as `loadModel` of the default entry makes it.
 *
 * @throws CongruentError `file`, `unsupported`; or as {@link createModel} does
 */
export function loadModel(source: ModelFileSource | PromiseLike<ModelFileSource>): Promise<LoadedModel> {
  return loadKernelModel(createModel, source, int8Parts);
}
