import type { MappedLayer, Mapping } from "../../src/convert/mapping/mapping.ts";
import type { Model } from "../../src/model/model.ts";
import type { Stream } from "../../src/model/stream.ts";
import { modelFolder } from "./files.ts";

/**
 * RNNoise 0.1.1: three GRUs with a ReLU candidate and reset before, and three dense layers, wired by hand.
 *
 *     input (42) → dense (24, tanh) → vad GRU (24) → vad (1, sigmoid)
 *     [dense | vad GRU | input] (90) → noise GRU (48)
 *     [vad GRU | noise GRU | input] (114) → denoise GRU (96) → gains (22, sigmoid)
 */
export const folder = modelFolder("rnnoise");
export const frames = 600;
export const sizes = { input: 42, dense: 24, vad_gru: 24, vad: 1, noise_gru: 48, denoise_gru: 96, gains: 22 } as const;
export type Part = keyof typeof sizes;

export interface Case {
  readonly tolerance_abs: number;
  readonly inputs: Record<string, { readonly file: string }>;
  readonly expected: Record<string, { readonly file: string }>;
}

/** Every part's output at each frame, (frames, size). */
export function runFrames(
  models: Readonly<Record<Exclude<Part, "input">, Model>>,
  input: Float32Array,
): Record<Part, Float32Array> {
  const part = (name: Part) => new Float32Array(frames * sizes[name]);
  const results = {
    input,
    dense: part("dense"),
    vad_gru: part("vad_gru"),
    vad: part("vad"),
    noise_gru: part("noise_gru"),
    denoise_gru: part("denoise_gru"),
    gains: part("gains"),
  };
  const at = (name: Part, frame: number) => results[name].subarray(frame * sizes[name], (frame + 1) * sizes[name]);
  const wires: { stream: Stream; inputs: Part[]; output: Part }[] = [
    { stream: models.dense.stream(), inputs: ["input"], output: "dense" },
    { stream: models.vad_gru.stream(), inputs: ["dense"], output: "vad_gru" },
    { stream: models.vad.stream(), inputs: ["vad_gru"], output: "vad" },
    { stream: models.noise_gru.stream(), inputs: ["dense", "vad_gru", "input"], output: "noise_gru" },
    { stream: models.denoise_gru.stream(), inputs: ["vad_gru", "noise_gru", "input"], output: "denoise_gru" },
    { stream: models.gains.stream(), inputs: ["denoise_gru"], output: "gains" },
  ];
  for (let frame = 0; frame < frames; frame++) {
    for (const { stream, inputs, output } of wires) {
      stream.step(Float32Array.from(inputs.flatMap((name) => [...at(name, frame)])), at(output, frame));
    }
  }
  return results;
}

/** The same layers, from the file itself: flat arrays of int8, each weight / 256. */
export const mapping: Mapping = {
  layout: "keras",
  scale: 1 / 256,
  dtype: "int8",
  chain: false,
  layers: [
    mapDense("input_dense", "tanh"),
    mapGru("vad_gru"),
    mapDense("vad_output", "sigmoid"),
    mapGru("noise_gru"),
    mapGru("denoise_gru"),
    mapDense("denoise_output", "sigmoid"),
  ],
};

function mapDense(name: string, activation: string): MappedLayer {
  return { kind: "dense", name, weights: { kernel: `${name}_weights`, bias: `${name}_bias` }, options: { activation } };
}

function mapGru(name: string): MappedLayer {
  const weights = { kernel: `${name}_weights`, recurrentKernel: `${name}_recurrent_weights`, bias: `${name}_bias` };
  return { kind: "gru", name, weights, options: { activation: "relu", resetAfter: false, returnSequences: true } };
}
