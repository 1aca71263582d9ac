import { describe, expect, it } from "vitest";
import { CongruentError } from "../../src/errors.ts";
import { dense, gru } from "../../src/kernel/layers.ts";
import {
  activation,
  batchNormalization,
  globalAveragePooling1D,
  globalMaxPooling1D,
  layerNormalization,
  repeatVector,
} from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { engineTable } from "../conformance/engines.ts";
import { features, gruOptions } from "../stacks.ts";

const moments = { mean: [0.1, -0.2, 0.3], variance: [1, 2, 0.5] };
const sequence = () => gru({ ...gruOptions(2, 3), returnSequences: true });
const last = () => gru(gruOptions(2, 3));

const stepwise: [what: string, layers: () => Layer[]][] = [
  ["activation", () => [sequence(), activation({ activation: "gelu" })]],
  ["softmax", () => [sequence(), activation({ activation: "softmax" })]],
  ["batch normalization", () => [sequence(), batchNormalization(moments)]],
  ["layer normalization", () => [sequence(), layerNormalization({ inputs: 3, gamma: [1, 2, 3] })]],
  [
    "all of them before a GRU",
    () => [
      batchNormalization({ mean: [0, 1], variance: [1, 2], name: "first" }),
      sequence(),
      layerNormalization({ inputs: 3 }),
      activation({ activation: "tanh" }),
      gru({ ...gruOptions(3, 2), returnSequences: true }),
    ],
  ],
];

describe.each(stepwise)("%s", (_, layers) => {
  const [rows, steps] = [67, 5];
  const input = features(rows, steps, 2);
  const lengths = Array.from({ length: rows }, (_, row) => row % (steps + 1));

  it("gives the same bits in both engines, whatever the lengths and the semantics", () => {
    for (const semantics of ["tf1", "keras", "keras-jax", "onnx"] as const) {
      const [a, b] = engineTable.map(([, { createModel }]) => createModel(layers()).run(input, { lengths, semantics }));
      expect(a).toEqual(b);
    }
  });

  it.each(engineTable)("gives the same bits step by step: %s", (_, { createModel }) => {
    const model = createModel(layers());
    const whole = model.run(input).outputs;
    const stream = model.stream({ rows });
    const width = whole.shape[2];
    for (let t = 0; t < steps; t++) {
      const frame = Float32Array.from({ length: rows * 2 }, (_, i) => input.data[((i >> 1) * steps + t) * 2 + (i & 1)]);
      const out = stream.step(frame);
      for (let i = 0; i < out.length; i++) {
        expect(out[i]).toBe(whole.data[(Math.floor(i / width) * steps + t) * width + (i % width)]);
      }
    }
  });
});

describe.each(engineTable)("poolings and repeats: %s", (_, { createModel }) => {
  it("cannot stream: the future is needed", () => {
    const late: Layer[][] = [
      [sequence(), globalAveragePooling1D()],
      [sequence(), globalMaxPooling1D()],
      [last(), repeatVector({ n: 2 })],
    ];
    for (const layers of late) {
      const { name } = createModel(layers).layers[1];
      expect(() => createModel(layers).stream()).toThrow(
        `stream: expected layers that need no later steps, got ${name}`,
      );
    }
  });

  it("a repeat gives its own number of steps, time-major too, and into memory of the caller's", () => {
    const model = createModel([last(), repeatVector({ n: 3 }), dense({ units: 1, kernel: [1, 2, 3] })]);
    const input = features(2, 5, 2);
    const { outputs } = model.run(input);
    expect(model.outputShape).toEqual([null, 3, 1]);
    expect(outputs.shape).toEqual([2, 3, 1]);
    const [a, , , b] = outputs.data;
    expect(outputs.data).toEqual(Float32Array.of(a, a, a, b, b, b));
    expect(model.runInto(new Float32Array(6), input)).toEqual(outputs.data);
    const turned = Float32Array.from(
      { length: 20 },
      (_, i) => input.data[(((i >> 1) % 2) * 5 + (i >> 2)) * 2 + (i & 1)],
    );
    const { outputs: major } = model.run({ data: turned, shape: [5, 2, 2] }, { timeMajor: true });
    expect(major).toEqual({ data: Float32Array.of(a, b, a, b, a, b), shape: [3, 2, 1] });
  });
});

describe("descriptions", () => {
  // biome-ignore format: a table
  const bad: [what: string, make: () => unknown, code: string, message: RegExp][] = [
    ["an unknown option", () => activation({ activation: "relu", alpha: 1 } as never), "option", /activation: expected one of name, activation/],
    ["an unknown activation", () => activation({ activation: "soft" as never }), "option", /activation.activation: expected one of/],
    ["no mean", () => batchNormalization({ variance: [1] } as never), "weights", /batchNormalization.mean/],
    ["a variance of another size", () => batchNormalization({ mean: [1, 2], variance: [1] }), "weights", /variance: expected shape \[2\], got \[1\]/],
    ["a gamma of another size", () => batchNormalization({ ...moments, gamma: [1] }), "weights", /gamma: expected shape \[3\]/],
    ["an epsilon of 0", () => batchNormalization({ ...moments, epsilon: 0, name: "bn" }), "option", /bn.epsilon: expected a number above 0, got 0/],
    ["an infinite epsilon", () => layerNormalization({ inputs: 2, epsilon: Number.POSITIVE_INFINITY }), "option", /epsilon/],
    ["no inputs", () => layerNormalization({} as never), "option", /layerNormalization.inputs: expected a whole number/],
    ["a beta of another size", () => layerNormalization({ inputs: 2, beta: [1] }), "weights", /beta: expected shape \[2\]/],
    ["no n", () => repeatVector({} as never), "option", /repeatVector.n: expected a whole number/],
    ["keepdims", () => globalMaxPooling1D({ keepdims: true } as never), "option", /globalMaxPooling1D: expected one of name/],
  ];
  it.each(bad)("refuse %s", (_, make, code, message) => {
    expect(make).toThrow(CongruentError);
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
  });

  it.each(engineTable)("fit together or are refused: %s", (_, { createModel }) => {
    const refuse = (...layers: Layer[]) => expect(() => createModel(layers));
    refuse(last(), globalAveragePooling1D()).toThrow(/globalAveragePooling1D: expected a sequence .* from gru/);
    refuse(sequence(), repeatVector({ n: 2 })).toThrow(/repeatVector: expected one output .* from gru, got a sequence/);
    refuse(sequence(), layerNormalization({ inputs: 4 })).toThrow(/layerNormalization: expected 4 features.*got 3/);
    refuse(globalAveragePooling1D()).toThrow(/one that knows its features/);
  });
});
