/**
 * congruent/int8 on Vercel's edge, by the export condition `edge-light`: the module is imported in the way of its bundlers,
 * `?module`; the one without relaxed SIMD, which not every version of the runtime below has.
 *
 * @module
 */

import type { LoadedModel } from "../format/load.ts";
import type { ModelFileSource } from "../format/source.ts";
import { loadKernelModel } from "../kernel/load.ts";
import type { Layer } from "../layers/layer.ts";
import { reference } from "../reference/kernel.ts";
import module from "./int8-plain.wasm?module";
import { int8KernelOf } from "./kernel.ts";
import { int8Parts } from "./model-file.ts";
import { type QuantizeOptions, quantizeWith } from "./quantize.ts";

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
