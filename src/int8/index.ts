/**
 * congruent with int8: all of the default entry on a kernel that multiplies int8 matrices too, and `quantize`. For models
 * of a quarter of the size, and faster ones.
 *
 * The kernel is there twice: with relaxed SIMD, and without it for engines that lack it. Both give the same bits. The
 * engine chooses when the first model is made, by what it says of the very module.
 *
 * @module
 */
import { plain, relaxed } from "../../build/inline-int8.js";
import type { LoadedModel } from "../format/load.ts";
import type { ModelFileSource } from "../format/source.ts";
import { decode } from "../kernel/decode.ts";
import { compile } from "../kernel/instantiate.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { loadKernelModel } from "../kernel/load.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model, ModelOptions } from "../model/model.ts";
import { reference } from "../reference/kernel.ts";
import { int8KernelOf } from "./kernel.ts";
import { int8Parts } from "./model-file.ts";

export * from "./api.ts";

let kernel: Kernel | undefined;

/** The fastest kernel that this engine takes; behind it, for the case that it computes wrongly, those that stand in. */
function chooseKernel(): Kernel {
  const safe = inlineKernel(() => decode(plain), reference);
  const bytes = decode(relaxed);
  return WebAssembly.validate(bytes) ? inlineKernel(() => bytes, safe) : safe;
}

function inlineKernel(bytes: () => ArrayBufferView, fallback: Kernel): Kernel {
  let module: object | undefined;
  return int8KernelOf(() => {
    module ??= compile(bytes());
    return module;
  }, fallback);
}

/**
 * Makes a model of a stack of layers, quantised or not, as `createModel` of the default entry does.
 *
 * @throws CongruentError `model` when the layers do not fit together, `memory` when they do not fit into WebAssembly's
 * memory, `wasm` when the engine refuses to compile
 * @example const model = createModel(quantize([gru(options)]));
 */
export function createModel(layers: readonly Layer[], options?: ModelOptions): Model {
  kernel ??= chooseKernel();
  return kernel.createModel(layers, options);
}

/**
 * A model out of a file, f32 or int8, as `loadModel` of the default entry makes it.
 *
 * @throws CongruentError `file`, `unsupported`; or as {@link createModel} does
 */
export function loadModel(source: ModelFileSource | PromiseLike<ModelFileSource>): Promise<LoadedModel> {
  return loadKernelModel(createModel, source, int8Parts);
}
