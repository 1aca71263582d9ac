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
import { type QuantizeOptions, quantizeWith } from "./quantize.ts";

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

/**
 * Layers → layers whose weights are int8, with a scale for each column of a matrix. GRUs then compute their products in
 * whole numbers. An embedding (a scale for each row) keeps to f32, with rounded weights, and so does a dense layer, whose
 * kernel is rounded to f16: it decides, and is small. What has no matrix stays as it is.
 *
 * The layers may be those of any entry, or a model's. The new ones are for models of `congruent/int8`, of
 * `congruent/reference`, and of a kernel that `congruent/core` has made of `congruent/int8.wasm` or
 * `congruent/int8-plain.wasm`.
 *
 * @throws CongruentError `option`; `weights`: numbers that are not finite, or a matrix of more than 2048 rows at precision
 *   14; `model`: layers that are int8 already; for calibration, as a run does
 * @example const model = createModel(quantize([gru(options), dense(output)]));
 */
export function quantize(layers: readonly Layer[], options?: QuantizeOptions): Layer[] {
  return quantizeWith({ createModel }, layers, options);
}
