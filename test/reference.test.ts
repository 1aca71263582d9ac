import { describe, expect, it } from "vitest";
import type { DenseLayer, EmbeddingLayer, GruLayer, Layer } from "../src/layers/layer.ts";
import { presets } from "../src/sequence/semantics.ts";
import { bidirectional, drawn, f32, filled, gru, linear, random, run } from "./reference-stacks.ts";

const nan = Number.NaN;

describe("the seed's question", () => {
  const ids = Int32Array.of(1, 2, 1, 0, 0, 0, 1, 2, 1, 0);
  const emb: EmbeddingLayer = {
    kind: "embedding",
    name: "embedding",
    vocabulary: 3,
    features: 2,
    weights: Float32Array.of(0.37, 0.37, 1, 1, 2, 2),
    maskZero: false,
  };
  const mask: Layer = { kind: "masking", name: "masking", maskValue: 0.37 };
  const rnn = gru(2, 1, { activation: linear, recurrentActivation: linear, resetAfter: false });
  const seeded: GruLayer = {
    ...rnn,
    weights: {
      kernel: new Float32Array(6).fill(1),
      recurrentKernel: new Float32Array(3),
      bias: new Float32Array(3).fill(1),
      recurrentBias: null,
    },
  };
  const batch = { rows: 2, steps: 5, data: ids };

  it("embedding output", () => {
    const expected = [1, 1, 2, 2, 1, 1, 0.37, 0.37, 0.37, 0.37, 0.37, 0.37, 1, 1, 2, 2, 1, 1, 0.37, 0.37];
    expect(run([emb], batch)).toEqual({ outputs: f32(expected), states: [], mask: null });
  });

  it("m1: no mask, padding is data", () => {
    const expected = [-6, -50, -156, -272.7276, -475.83362, -1.2876, -9.862801, -69.314, -213.94202, -373.54672];
    expect(run([emb, seeded], batch).outputs).toEqual(f32(expected));
    expect(run([emb, mask, seeded], { ...batch, useMasks: false }).outputs).toEqual(f32(expected));
  });

  it("m2: the mask made by the layers, Keras's rules", () => {
    const { outputs, states, mask: behind } = run([emb, mask, seeded], batch);
    expect(outputs).toEqual([-6, -50, -156, -156, -156, 0, -6, -50, -156, -156]);
    expect(states).toEqual([[-156, -156]]);
    expect(behind).toEqual([...drawn("###--", "-###-")]);
  });

  it("old: lengths, dynamic_rnn's rules; the masking layer's zeros stay", () => {
    const validity = drawn("###--", "####-");
    const { outputs, mask: behind } = run([emb, mask, seeded], { ...batch, validity, semantics: presets.tf1 });
    expect(outputs).toEqual([-6, -50, -156, 0, 0, 0, -6, -50, -156, 0]);
    expect(behind).toEqual([...validity]);
  });
});

describe("bidirectional", () => {
  const layer = bidirectional(gru(2, 2), "none");
  const given = {
    rows: 2,
    steps: 3,
    data: filled(12, random(8)),
    validity: drawn("##-", "-##"),
    initialStates: [null, null],
  };
  const both = run([layer], given);
  const [forward, backward] = [both.outputs.slice(0, 12), both.outputs.slice(12)];

  it("gives what the two GRUs give, by input time", () => {
    const semantics = { ...presets.onnx, emptyState: "initial" } as const;
    const one = run([layer.forward], { ...given, semantics, initialStates: [null] });
    const other = run([layer.backward], { ...given, semantics, initialStates: [null] });
    expect(both).toEqual({
      outputs: [...one.outputs, ...other.outputs],
      states: [...one.states, ...other.states],
      mask: [...given.validity],
    });
  });

  it.each<["sum" | "mul" | "ave", (x: number, y: number) => number]>([
    ["sum", (x, y) => x + y],
    ["mul", (x, y) => x * y],
    ["ave", (x, y) => Math.fround(x + y) / 2],
  ])("%s", (mergeMode, merge) => {
    const merged = run([{ ...layer, mergeMode }], given);
    expect(merged.outputs).toEqual(f32(forward.map((value, i) => merge(value, backward[i]))));
  });

  it("concat puts the forward features first", () => {
    const { outputs } = run([{ ...layer, mergeMode: "concat" }], given);
    expect(outputs.slice(4, 8)).toEqual([...forward.slice(2, 4), ...backward.slice(2, 4)]);
  });

  it("forces zeros as Keras does: for sequences whatever the layer says, and never for the last output", () => {
    const zeroing = { zeroOutputForMask: true, returnSequences: false };
    const last: Layer = {
      ...layer,
      forward: { ...layer.forward, ...zeroing },
      backward: { ...layer.backward, ...zeroing },
    };
    const { outputs, states } = run([last], given);
    expect(outputs).toEqual(states.flat());
    expect(forward.slice(4, 6)).toEqual([0, 0]);
    const same = run([last], { ...given, semantics: { ...presets.keras, bidirectionalPadding: "same" } }).outputs;
    expect(same.slice(0, 2)).toEqual([0, 0]);
    expect(same.slice(2, 4)).toEqual(states[0].slice(2));
  });
});

describe("masks from layers", () => {
  const emb: EmbeddingLayer = {
    kind: "embedding",
    name: "embedding",
    vocabulary: 3,
    features: 2,
    weights: Float32Array.of(5, 6, 1, 2, 3, 4),
    maskZero: true,
  };

  it("embedding: maskZero, replaced by an explicit mask, absent without masks", () => {
    const batch = { rows: 1, steps: 3, data: Int32Array.of(0, 2, 0) };
    expect(run([emb], batch)).toEqual({ outputs: [5, 6, 3, 4, 5, 6], states: [], mask: [0, 1, 0] });
    expect(run([emb], { ...batch, validity: drawn("##-") }).mask).toEqual([1, 1, 0]);
    expect(run([emb], { ...batch, useMasks: false }).mask).toBeNull();
  });

  it("masking: every feature must match; -0 does, NaN does not; the mask before it is replaced", () => {
    const masking: Layer = { kind: "masking", name: "masking", maskValue: 0 };
    const features = Float32Array.of(0, -0, 0, 1, nan, 0, nan, nan);
    const { outputs, mask } = run([masking], { rows: 1, steps: 4, data: features });
    expect(mask).toEqual([0, 1, 1, 1]);
    expect(outputs).toEqual([0, 0, 0, 1, nan, 0, nan, nan]);
    const value: Layer = { ...masking, maskValue: 3.1 };
    const given = Float32Array.of(3.1, 1);
    expect(run([value], { rows: 1, steps: 2, data: given }).outputs).toEqual([0, 1]);
    expect([...given]).toEqual(f32([3.1, 1])); // the caller's array stays as it was
    const embedded = { ...emb, weights: Float32Array.of(0, 0, 3.1, 3.1, 1, 1) };
    expect(run([embedded, value], { rows: 1, steps: 3, data: Int32Array.of(0, 1, 2) })).toEqual({
      outputs: [0, 0, 0, 0, 1, 1],
      states: [],
      mask: [1, 0, 1],
    });
  });

  it("dense and dropout pass the mask on, and a GRU without returnSequences ends it", () => {
    const dense: DenseLayer = {
      kind: "dense",
      name: "dense",
      inputs: 2,
      units: 2,
      kernel: Float32Array.of(1, 0, 0, 1),
      bias: null,
      activation: linear,
    };
    const dropout: Layer = { kind: "dropout", name: "dropout" };
    const batch = { rows: 1, steps: 3, data: Int32Array.of(0, 2, 1) };
    expect(run([emb, dense, dropout], batch)).toEqual({ outputs: [5, 6, 3, 4, 1, 2], states: [], mask: [0, 1, 1] });
    const last = gru(2, 2, { returnSequences: false });
    const { outputs, states, mask } = run([emb, last, dense], batch);
    expect(mask).toBeNull();
    expect(outputs).toEqual(states[0]);
  });
});

describe("dense", () => {
  it("softmax does not overflow and keeps NaN to its row", () => {
    const layer: DenseLayer = {
      kind: "dense",
      name: "dense",
      inputs: 1,
      units: 3,
      kernel: Float32Array.of(1, 1, 2),
      bias: Float32Array.of(0, 0, 0),
      activation: "softmax",
    };
    const { outputs } = run([layer], { rows: 1, steps: 3, data: Float32Array.of(0, 1000, nan) });
    expect(outputs.slice(0, 3)).toEqual(f32([1 / 3, 1 / 3, 1 / 3]));
    expect(outputs.slice(3, 6)).toEqual([0, 0, 1]);
    expect(outputs.slice(6)).toEqual([nan, nan, nan]);
  });
});
