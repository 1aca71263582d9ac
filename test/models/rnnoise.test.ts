import { describe, expect, it } from "vitest";
import type { ActivationOption } from "../../src/activation.ts";
import { read } from "../../src/convert/json/read.ts";
import type { MappedLayer, Mapping } from "../../src/convert/mapping/mapping.ts";
import { dense, gru } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { type Engine, engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

/**
 * RNNoise 0.1.1: three GRUs with a ReLU candidate and reset before, and three dense layers, wired by hand.
 *
 *     input (42) → dense (24, tanh) → vad GRU (24) → vad (1, sigmoid)
 *     [dense | vad GRU | input] (90) → noise GRU (48)
 *     [vad GRU | noise GRU | input] (114) → denoise GRU (96) → gains (22, sigmoid)
 */
const folder = modelFolder("rnnoise");
const frames = 600;
const sizes = { input: 42, dense: 24, vad_gru: 24, vad: 1, noise_gru: 48, denoise_gru: 96, gains: 22 } as const;
type Part = keyof typeof sizes;

interface Case {
  readonly tolerance_abs: number;
  readonly inputs: Record<string, { readonly file: string }>;
  readonly expected: Record<string, { readonly file: string }>;
}

/** Each layer, its int8 weights brought back to weight / 256. */
function makeLayers() {
  const weights = folder.json<Record<string, number[]>>("weights_int8.json");
  const scaled = (name: string) => Float32Array.from(weights[name], (weight) => weight / 256);
  const feedForward = (name: string, units: number, activation: ActivationOption) =>
    dense({ units, kernel: scaled(`${name}_weights`), bias: scaled(`${name}_bias`), activation });
  const recurrent = (name: string, units: number) =>
    gru({
      units,
      kernel: scaled(`${name}_weights`),
      recurrentKernel: scaled(`${name}_recurrent_weights`),
      bias: scaled(`${name}_bias`),
      activation: "relu",
      recurrentActivation: "sigmoid",
      resetAfter: false,
      returnSequences: true,
    });
  return {
    dense: feedForward("input_dense", sizes.dense, "tanh"),
    vad_gru: recurrent("vad_gru", sizes.vad_gru),
    vad: feedForward("vad_output", sizes.vad, "sigmoid"),
    noise_gru: recurrent("noise_gru", sizes.noise_gru),
    denoise_gru: recurrent("denoise_gru", sizes.denoise_gru),
    gains: feedForward("denoise_output", sizes.gains, "sigmoid"),
  };
}

/** Every part's output at each frame, (frames, size). */
function runFrames(createModel: Engine["createModel"], input: Float32Array): Record<Part, Float32Array> {
  const layers = makeLayers();
  const stream = (layer: Layer) => createModel([layer]).stream();
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
  const wires: { stream: ReturnType<typeof stream>; inputs: Part[]; output: Part }[] = [
    { stream: stream(layers.dense), inputs: ["input"], output: "dense" },
    { stream: stream(layers.vad_gru), inputs: ["dense"], output: "vad_gru" },
    { stream: stream(layers.vad), inputs: ["vad_gru"], output: "vad" },
    { stream: stream(layers.noise_gru), inputs: ["dense", "vad_gru", "input"], output: "noise_gru" },
    { stream: stream(layers.denoise_gru), inputs: ["vad_gru", "noise_gru", "input"], output: "denoise_gru" },
    { stream: stream(layers.gains), inputs: ["denoise_gru"], output: "gains" },
  ];
  for (let frame = 0; frame < frames; frame++) {
    for (const { stream, inputs, output } of wires) {
      stream.step(Float32Array.from(inputs.flatMap((name) => [...at(name, frame)])), at(output, frame));
    }
  }
  return results;
}

describe.skipIf(!folder.exists).each(engineTable)("RNNoise on 6 s of noisy speech, %s", (_, { createModel }) => {
  const input = folder.exists
    ? folder.floats(folder.json<Case>("noisy600.case.json").inputs.x.file)
    : new Float32Array();
  const results = folder.exists ? runFrames(createModel, input) : null;

  it.each(["noisy600", "noisy600_exact"])("gives what %s has", (name) => {
    const { expected, tolerance_abs: tolerance } = folder.json<Case>(`${name}.case.json`);
    expect(Object.keys(expected)).toHaveLength(5);
    for (const [key, { file }] of Object.entries(expected)) {
      const part = key.replace(/_c$/, "") as Part;
      expect(deviation(results?.[part] ?? [], folder.floats(file)), part).toBeLessThanOrEqual(tolerance);
    }
  });

  it("gives the same bits as a stack run at once", () => {
    const { dense, vad_gru, vad } = makeLayers();
    const { outputs, states } = createModel([dense, vad_gru, vad]).run({
      data: input,
      shape: [1, frames, sizes.input],
    });
    expect(outputs.data).toEqual(results?.vad);
    expect(states[0].data).toEqual(results?.vad_gru.subarray(-sizes.vad_gru));
  });
});

/** The same layers, from the file itself: flat arrays of int8, each weight / 256. */
const mapping: Mapping = {
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

describe.skipIf(!folder.exists)("RNNoise's weights by a mapping", () => {
  it("are the layers that are made by hand", async () => {
    const { parts, semantics } = await read(
      { name: "weights_int8.json", bytes: folder.bytes("weights_int8.json") },
      { mapping },
    );
    expect(semantics).toBe("keras");
    const layers = parts.flatMap((part) => part.layers ?? []);
    const byHand = Object.values(makeLayers());
    expect(layers).toHaveLength(6);
    expect(layers).toEqual(byHand.map((layer, i) => ({ ...layer, name: layers[i].name })));
  });
});
