import { describe, expect, it } from "vitest";
import { type ActivationOption, resolveActivation } from "../src/activation.ts";
import type { GruLayer, Layer } from "../src/layers/layer.ts";
import { referenceEngine } from "../src/reference/engine.ts";
import { type Preset, presets, type Semantics } from "../src/sequence/semantics.ts";
import { compare } from "./conformance/compare.ts";
import {
  executedVectors,
  layersOf,
  type Vector,
  type VectorResults,
  type VectorWeights,
} from "./conformance/vectors.ts";

/** The engine by itself, without the API, against everything that was recorded from the frameworks. */
const suites: readonly (readonly [file: string, preset: Preset, cases: number])[] = [
  ["executed_keras_jax.json", "keras-jax", 36],
  ["executed_keras_numpy.json", "keras-jax", 36],
  ["executed_keras_tensorflow.json", "keras", 36],
  ["executed_keras_torch.json", "keras", 35],
  ["executed_onnxruntime_gru.json", "onnx", 36],
  ["executed_pytorch_gru.json", "pytorch", 8],
  ["executed_tf1_dynamic_rnn.json", "tf1", 6],
  ["executed_tfjs_gru.json", "tfjs", 10],
];

describe.each(suites)("reference engine, %s", (file, preset, count) => {
  const vectors = executedVectors(file);
  it(`has ${count} cases`, () => expect(vectors.length).toBe(count));
  it.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
    const names = Object.keys(vector.expected);
    const results: VectorResults = {
      ...(names.includes("Y") || names.includes("merged") ? run(vector, preset, true) : {}),
      ...(names.includes("last") || names.includes("merged_last") ? run(vector, preset, false) : {}),
    };
    expect(compare(results, vector.expected, vector.tolerance)).toEqual([]);
  });
});

/** The preset with what the case sets differently: Keras's `unroll`, PyTorch's `padding_value`. */
function semanticsOf({ D, padded_output: rule }: Vector, preset: Preset): Semantics {
  const semantics = presets[preset];
  if (typeof rule === "object") return { ...semantics, paddedOutput: rule };
  if (D === 1 && rule === "carry_output") return { ...semantics, paddedOutput: "carry-output" };
  return semantics;
}

/** (D, 3H, n) rows in the case's gate order → one direction's (n, 3H) columns z|r|n. */
function columns(flat: readonly number[], d: number, units: number, n: number, order: "zrh" | "rzh"): Float32Array {
  const out = new Float32Array(n * 3 * units);
  for (let column = 0; column < 3 * units; column++) {
    const gate = Math.floor(column / units);
    const row = (order === "rzh" && gate < 2 ? 1 - gate : gate) * units + (column % units);
    for (let k = 0; k < n; k++) out[k * 3 * units + column] = flat[(d * 3 * units + row) * n + k];
  }
  return out;
}

/** Direction d of a layer. Only Keras writes zeros by an option of the layer; elsewhere they are the preset's. */
function direction(
  vector: Vector,
  weights: VectorWeights,
  d: number,
  returnSequences: boolean,
  preset: Preset,
): GruLayer {
  const { H, D, gate_order: order } = vector;
  const [f, g] = vector.activations[d];
  return {
    kind: "gru",
    name: "gru",
    inputs: weights.I,
    units: H,
    weights: {
      kernel: columns(weights.W, d, H, weights.I, order),
      recurrentKernel: columns(weights.R, d, H, H, order),
      bias: weights.b && columns(weights.b, d, H, 1, order),
      recurrentBias: weights.rb && columns(weights.rb, d, H, 1, order),
    },
    activation: resolveActivation(g as ActivationOption, "activation"),
    recurrentActivation: resolveActivation(f as ActivationOption, "recurrentActivation"),
    resetAfter: vector.reset_after,
    clip: vector.clip ?? Number.POSITIVE_INFINITY,
    returnSequences,
    returnState: true,
    goBackwards: d === 1 || vector.direction === "reverse",
    stateful: false,
    zeroOutputForMask: D === 1 && preset.startsWith("keras") && vector.padded_output === "zero",
  };
}

/** Runs a case through the engine; what comes back is in the vectors' layouts. */
function run(vector: Vector, preset: Preset, returnSequences: boolean): VectorResults {
  const { B, T, H, D, X, lengths, mask } = vector;
  const semantics = semanticsOf(vector, preset);
  const stack = layersOf(vector);
  const layers = stack.map((weights, i): Layer => {
    const isLast = i === stack.length - 1;
    const forward = direction(vector, weights, 0, !isLast || returnSequences, preset);
    if (D === 1) return forward;
    const backward = direction(vector, weights, 1, !isLast || returnSequences, preset);
    const mergeMode = isLast ? (vector.merge_mode ?? "none") : "concat";
    return { kind: "bidirectional", name: "bidirectional", forward, backward, mergeMode };
  });

  const inputs = stack[0].I;
  const features = new Float32Array(B * T * inputs);
  let validity: Uint8Array | null = null;
  if (lengths !== null || mask !== null) validity = new Uint8Array(B * T);
  for (let row = 0; row < B; row++) {
    for (let t = 0; t < T; t++) {
      if (validity !== null) validity[row * T + t] = mask ? mask[row * T + t] : Number(t < (lengths as number[])[row]);
      for (let k = 0; k < inputs; k++) {
        features[(row * T + t) * inputs + k] = X[(t * B + row) * inputs + k] ?? Number.NaN;
      }
    }
  }
  const initialStates = stack.flatMap(({ h0 }) =>
    Array.from({ length: D }, (_, d) => h0 && Float32Array.from(h0.slice(d * B * H, (d + 1) * B * H))),
  );

  const width = vector.merge_mode === "concat" ? 2 * H : H;
  const blocks = D === 2 && vector.merge_mode === null ? 2 : 1;
  const steps = returnSequences ? T : 1;
  const outputs = new Float32Array(blocks * B * steps * width).fill(Number.NaN);
  const states = initialStates.map(() => new Float32Array(B * H).fill(Number.NaN));
  referenceEngine({ layers }).run(
    { rows: B, steps: T, data: features, validity, useMasks: true, semantics, initialStates },
    { outputs, states, mask: null },
  );

  const Y_h = states.flatMap((state) => [...state]);
  if (!returnSequences) return { Y_h, last: outputs, merged_last: outputs };
  // (blocks, B, T, F) → (T, blocks, B, F), in input time
  const turned = D === 1 && vector.direction === "reverse" && semantics.backwardsOrder === "processing";
  const byTime: number[] = [];
  for (let t = 0; t < T; t++) {
    for (let row = 0; row < blocks * B; row++) {
      const at = (row * T + (turned ? T - 1 - t : t)) * width;
      byTime.push(...outputs.subarray(at, at + width));
    }
  }
  return { Y_h, Y: byTime, merged: byTime };
}
