/**
 * congruent: GRU inference with WebAssembly inside.
 *
 * The module is compiled when the first model is made, not when this is imported.
 *
 * @module
 */
import { text } from "../build/inline.js";
import { decode } from "./kernel/decode.ts";
import { kernelEngine } from "./kernel/engine.ts";
import { compile } from "./kernel/instantiate.ts";
import type { Layer } from "./layers/layer.ts";
import { createModelWith, type Model } from "./model/model.ts";

export * from "./api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "./kernel/layers.ts";

let module: object | undefined;

const createEngine = kernelEngine(() => {
  module ??= compile(decode(text));
  return module;
});

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
  return createModelWith(createEngine, layers);
}
