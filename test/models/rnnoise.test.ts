import { describe, expect, it } from "vitest";
import type { ActivationOption } from "../../src/activation.ts";
import { read } from "../../src/convert/json/read.ts";
import { dense, gru } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation } from "./files.ts";
import { type Case, folder, frames, mapping, type Part, runFrames, sizes } from "./rnnoise.ts";

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

describe.skipIf(!folder.exists).each(engineTable)("RNNoise on 6 s of noisy speech, %s", (_, { createModel }) => {
  const makeModels = () => {
    const { dense, vad_gru, vad, noise_gru, denoise_gru, gains } = makeLayers();
    const one = (layer: Layer) => createModel([layer]);
    return {
      dense: one(dense),
      vad_gru: one(vad_gru),
      vad: one(vad),
      noise_gru: one(noise_gru),
      denoise_gru: one(denoise_gru),
      gains: one(gains),
    };
  };
  const input = folder.exists
    ? folder.floats(folder.json<Case>("noisy600.case.json").inputs.x.file)
    : new Float32Array();
  const results = folder.exists ? runFrames(makeModels(), input) : null;

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
