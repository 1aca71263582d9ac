/**
 * congruent: GRU inference with WebAssembly inside.
 *
 * The module is compiled when the first model is made, not when this is imported. Where the engine turns out to compute
 * wrongly, models run on the reference, after a warning (`onWarning`).
 *
 * @module
 */
import { text } from "../build/inline.js";
import { decode } from "./kernel/decode.ts";
import { compile } from "./kernel/instantiate.ts";
import { kernelOf } from "./kernel/kernel.ts";
import type { Layer } from "./layers/layer.ts";
import type { Model } from "./model/model.ts";
import { reference } from "./reference/kernel.ts";

export * from "./api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "./kernel/layers.ts";

let module: object | undefined;

const kernel = kernelOf(() => {
  module ??= compile(decode(text));
  return module;
}, reference);

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
export function createModel(layers: readonly Layer[]): Model {
  return kernel.createModel(layers);
}
