// @ts-check
// RNNoise 0.1.1 (https://github.com/xiph/rnnoise), composed by hand from six streams:
//
//   features (42) --> input dense (24) --> VAD GRU (24) --> VAD output (1)
//                            |                 |
//   features, dense, VAD GRU: 90 ------> noise GRU (48)
//   features, VAD GRU, noise GRU: 114 -> denoise GRU (96) --> denoise output (22 gains)

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createModel, dense, gru } from "congruent";

/** Sizes of what flows between the layers. */
export const sizes = { features: 42, dense: 24, vadGru: 24, vad: 1, noiseGru: 48, denoiseGru: 96, gains: 22 };

/**
 * @param {string} folder holds weights_int8.json: the flat arrays of the original rnn_data.c, value = weight · 256
 */
export function createNetwork(folder) {
  /** @type {Record<string, number[]>} */
  const stored = JSON.parse(readFileSync(join(folder, "weights_int8.json"), "utf8"));
  const weights = (/** @type {string} */ name) => Float32Array.from(stored[name], (value) => value / 256);

  const denseStream = (
    /** @type {string} */ name,
    /** @type {number} */ units,
    /** @type {"tanh" | "sigmoid"} */ activation,
  ) =>
    createModel([
      dense({ units, activation, kernel: weights(`${name}_weights`), bias: weights(`${name}_bias`) }),
    ]).stream();
  const gruStream = (/** @type {string} */ name, /** @type {number} */ units) =>
    createModel([
      gru({
        units,
        activation: "relu",
        resetAfter: false,
        returnSequences: true,
        kernel: weights(`${name}_weights`),
        recurrentKernel: weights(`${name}_recurrent_weights`),
        bias: weights(`${name}_bias`),
      }),
    ]).stream();

  const inputDense = denseStream("input_dense", sizes.dense, "tanh");
  const vadGru = gruStream("vad_gru", sizes.vadGru);
  const vadOutput = denseStream("vad_output", sizes.vad, "sigmoid");
  const noiseGru = gruStream("noise_gru", sizes.noiseGru);
  const denoiseGru = gruStream("denoise_gru", sizes.denoiseGru);
  const denoiseOutput = denseStream("denoise_output", sizes.gains, "sigmoid");

  // Every stream writes straight into its place in the next one's input: a frame allocates nothing.
  const noiseInput = new Float32Array(sizes.dense + sizes.vadGru + sizes.features);
  const denseOut = noiseInput.subarray(0, sizes.dense);
  const vadState = noiseInput.subarray(sizes.dense, sizes.dense + sizes.vadGru);
  const noiseFeatures = noiseInput.subarray(sizes.dense + sizes.vadGru);
  const denoiseInput = new Float32Array(sizes.vadGru + sizes.noiseGru + sizes.features);
  const denoiseVad = denoiseInput.subarray(0, sizes.vadGru);
  const noiseState = denoiseInput.subarray(sizes.vadGru, sizes.vadGru + sizes.noiseGru);
  const denoiseFeatures = denoiseInput.subarray(sizes.vadGru + sizes.noiseGru);
  const denoiseState = new Float32Array(sizes.denoiseGru);
  const vad = new Float32Array(sizes.vad);
  const gains = new Float32Array(sizes.gains);

  return {
    /** Of the last frame. */
    gains,
    vad,
    vadState,
    noiseState,
    denoiseState,
    /** @param {Float32Array} features (42) of one frame of 10 ms */
    process(features) {
      inputDense.step(features, denseOut);
      vadGru.step(denseOut, vadState);
      vadOutput.step(vadState, vad);
      noiseFeatures.set(features);
      noiseGru.step(noiseInput, noiseState);
      denoiseVad.set(vadState);
      denoiseFeatures.set(features);
      denoiseGru.step(denoiseInput, denoiseState);
      denoiseOutput.step(denoiseState, gains);
    },
  };
}
