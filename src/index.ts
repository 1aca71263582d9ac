/**
 * congruent: GRU inference with WebAssembly inside.
 *
 * The module is compiled when the first model is made, not when this is imported. Where the engine turns out to compute
 * wrongly, models run on a kernel in TypeScript, with the same bits, after a warning (`onWarning`).
 *
 * @module
 */
import { text } from "../build/inline.js";
import type { LoadedModel } from "./format/load.ts";
import { loadLater } from "./format/load-later.ts";
import type { ModelFileSource } from "./format/source.ts";
import { decode } from "./kernel/decode.ts";
import { compile } from "./kernel/instantiate.ts";
import { kernelOf } from "./kernel/kernel.ts";
import { software } from "./kernel/software.ts";
import type { Layer } from "./layers/layer.ts";
import type { Model, ModelOptions } from "./model/model.ts";

export * from "./api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "./kernel/layers.ts";

let module: object | undefined;

const kernel = kernelOf(() => {
  module ??= compile(decode(text));
  return module;
}, software);

/**
 * Makes a model of a stack of layers. Synchronous; the weights are copied and packed once, into memory of the model's
 * own, which goes when the model goes.
 *
 * @throws CongruentError `model` when the layers do not fit together, `memory` when they do not fit into WebAssembly's
 * memory, `wasm` when the engine refuses to compile (see `congruent/core` and `congruent/reference`)
 * @example
 * const model = createModel([gru({ units, kernel, recurrentKernel, bias, returnSequences: true })]);
 * const { outputs } = model.run(batch, { lengths: [3, 4] });
 */
export function createModel(layers: readonly Layer[], options?: ModelOptions): Model {
  return kernel.createModel(layers, options);
}

/**
 * A model out of a file that `congruent convert` or `writeModel` made. The code that reads it is imported by the first
 * call; where there is no `import()`, as in service workers and worklets, take `loadModel` of `congruent/load`.
 *
 * @param source bytes, an `ArrayBuffer`, a `Response`, a `Blob`, a URL, in Node, Deno and Bun a path; or a promise of one
 * @throws CongruentError `file` when it cannot be read or is damaged, or the code cannot be imported; `unsupported` when
 * it is of a later version; or as {@link createModel} does
 * @example const model = await loadModel(fetch("/model.safetensors"));
 */
export async function loadModel(source: ModelFileSource | PromiseLike<ModelFileSource>): Promise<LoadedModel> {
  return (await loadLater(import("./load.ts"))).loadModel(source, kernel);
}
