/**
 * Models out of files, for any kernel: what `loadModel` of the other entries imports when it is first called. Here it is
 * imported statically, as service workers and worklets need it, which have no `import()`.
 *
 * @module
 */
import { expected, show } from "./errors.ts";
import type { LoadedModel } from "./format/load.ts";
import type { ModelFileSource } from "./format/source.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { loadKernelModel } from "./kernel/load.ts";

export { CongruentError, type CongruentErrorCode } from "./errors.ts";
export type { ModelSource } from "./format/model-file.ts";
export type { Verification } from "./format/verify.ts";
export type { Model, ModelOptions } from "./model/model.ts";
export type { Kernel, LoadedModel, ModelFileSource };

/**
 * A model out of a file that `congruent convert` or `writeModel` made.
 *
 * @param source bytes, an `ArrayBuffer`, a `Response`, a `Blob`, a URL, in Node, Deno and Bun a path; or a promise of one
 * @param kernel makes the model: what `createKernel` or `loadKernel` of `congruent/core` gave, or a whole entry
 * @throws CongruentError `file` when it cannot be read or is damaged, `unsupported` when it is of a later version; or as
 * `createModel` does
 * @example
 * import * as congruent from "congruent";
 * const model = await loadModel(fetch("/model.safetensors"), congruent);
 */
export async function loadModel(
  source: ModelFileSource | PromiseLike<ModelFileSource>,
  kernel: Kernel,
): Promise<LoadedModel> {
  if (typeof kernel?.createModel !== "function") {
    throw expected("option", "loadModel", "a kernel, which has a createModel", show(kernel));
  }
  return loadKernelModel(kernel.createModel, source);
}
