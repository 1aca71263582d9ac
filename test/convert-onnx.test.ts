import { describe, expect, it } from "vitest";
import { fromOnnx } from "../src/convert/onnx/gru.ts";
import { bidirectional } from "../src/layers/bidirectional.ts";
import { gru } from "../src/layers/gru.ts";

// H = 1, I = 2: one row for each gate.
const W = [
  [
    [10, 11],
    [20, 21],
    [30, 31],
  ],
];
const R = [[[1], [2], [3]]];
const B = [[0.1, 0.2, 0.3, 0.4, 0.5, 0.6]];
const twice = <T>([one]: T[]): T[] => [one, one];

/** Names and parameters as a layer ends up with them: f, g. */
const functions = ({ recurrentActivation: f, activation: g }: ReturnType<typeof gru>) =>
  [f, g].map(({ name, alpha, beta }) => [name, alpha, beta]);
const f32 = Math.fround;

describe("fromOnnx", () => {
  it("transposes, and splits B into Wb and Rb", () => {
    const layer = gru(fromOnnx({ W, R, B }));
    expect([...layer.weights.kernel]).toEqual([10, 20, 30, 11, 21, 31]);
    expect([...layer.weights.recurrentKernel]).toEqual([1, 2, 3]);
    expect([...(layer.weights.bias ?? [])]).toEqual([0.1, 0.2, 0.3].map(f32));
    expect([...(layer.weights.recurrentBias ?? [])]).toEqual([0.4, 0.5, 0.6].map(f32));
  });

  it("has ONNX's defaults", () => {
    const layer = gru(fromOnnx({ W, R }));
    expect(layer).toMatchObject({ resetAfter: false, clip: Number.POSITIVE_INFINITY, goBackwards: false });
    expect(layer).toMatchObject({ returnSequences: true, weights: { bias: null, recurrentBias: null } });
    expect(functions(layer)).toEqual([
      ["sigmoid", 0, 0],
      ["tanh", 0, 0],
    ]);
  });

  it("passes the attributes on", () => {
    const layer = gru(fromOnnx({ W, R, linear_before_reset: 1, clip: 0.5, direction: "reverse", hidden_size: 1 }));
    expect(layer).toMatchObject({ resetAfter: true, clip: 0.5, goBackwards: true });
  });

  it("keeps two directions apart", () => {
    const layer = bidirectional(
      fromOnnx({
        W: [
          W[0],
          [
            [40, 41],
            [50, 51],
            [60, 61],
          ],
        ],
        R: twice(R),
        B: [B[0], [1, 2, 3, 4, 5, 6]],
        direction: "bidirectional",
        activations: ["Sigmoid", "Tanh", "Relu", "Softsign"],
      }),
    );
    expect(layer.mergeMode).toBe("none");
    expect([...layer.backward.weights.kernel]).toEqual([40, 50, 60, 41, 51, 61]);
    expect([...(layer.backward.weights.recurrentBias ?? [])]).toEqual([4, 5, 6]);
    expect([...functions(layer.forward), ...functions(layer.backward)].map(([name]) => name)).toEqual([
      "sigmoid",
      "tanh",
      "relu",
      "softsign",
    ]);
  });

  it("gives each function that has a parameter the next one of its list, over both directions", () => {
    const layer = bidirectional(
      fromOnnx({
        W: twice(W),
        R: twice(R),
        direction: "bidirectional",
        activations: ["HARDSIGMOID", "leakyRelu", "Sigmoid", "Affine"],
        activation_alpha: [0.25, 0.125, 0.5],
        activation_beta: [0.75, 0.0625],
      }),
    );
    expect(functions(layer.forward)).toEqual([
      ["hard_sigmoid", 0.25, 0.75],
      ["leaky_relu", 0.125, 0],
    ]);
    expect(functions(layer.backward)).toEqual([
      ["sigmoid", 0, 0],
      ["affine", 0.5, 0.0625],
    ]);
  });

  it.each([
    ["HardSigmoid", ["hard_sigmoid", f32(0.2), 0.5]],
    ["LeakyRelu", ["leaky_relu", f32(0.01), 0]],
    ["Elu", ["elu", 1, 0]],
    ["ThresholdedRelu", ["thresholded_relu", 1, 0]],
  ])("%s has ONNX's parameters when none are given", (name, wanted) => {
    expect(functions(gru(fromOnnx({ W, R, activations: ["Sigmoid", name] })))[1]).toEqual(wanted);
  });

  it.each([
    ["Affine without alpha", { activations: ["Sigmoid", "Affine"] }, "option", "activation_alpha for Affine, got none"],
    [
      "ScaledTanh without beta",
      { activations: ["ScaledTanh", "Tanh"], activation_alpha: [1] },
      "option",
      "activation_beta for ScaledTanh, got none",
    ],
    [
      "a parameter that no function takes",
      { activation_alpha: [0.5] },
      "option",
      "fromOnnx.activation_alpha: expected 0 for Sigmoid, Tanh, got 1",
    ],
    ["a function of another framework", { activations: ["Sigmoid", "Gelu"] }, "option", 'got "Gelu"'],
    ["a name that objects have", { activations: ["Sigmoid", "constructor"] }, "option", 'got "constructor"'],
    ["too few functions", { activations: ["Sigmoid"] }, "option", "expected 2 names, got Array(1)"],
    ["another hidden size", { hidden_size: 2 }, "option", "hidden size: expected 1, as fromOnnx.R has, got 2"],
    ["a direction of WebNN's", { direction: "backward" }, "option", 'bidirectional, got "backward"'],
    ["a switch that is not one", { linear_before_reset: 2 }, "option", "expected 0 or 1, got 2"],
    ["an attribute it does not know", { output_sequence: 1 }, "option", 'got "output_sequence"'],
    [
      "one direction's weights for two",
      { direction: "bidirectional" },
      "weights",
      "fromOnnx.W: expected shape [2, 3, 2], got [1, 3, 2]",
    ],
    ["half a bias", { B: [[1, 2, 3]] }, "weights", "fromOnnx.B: expected shape [1, 6], got [1, 3]"],
    [
      "Keras's kernel",
      {
        W: [
          [
            [1, 2, 3],
            [4, 5, 6],
          ],
        ],
      },
      "weights",
      "fromOnnx.W: expected shape [1, 3, 3], got [1, 2, 3]",
    ],
  ])("refuses %s", (_, change, code, message) => {
    const call = () => fromOnnx({ W, R, ...(change as object) });
    expect(call).toThrow(
      expect.objectContaining({ name: "CongruentError", code, message: expect.stringContaining(message) }),
    );
  });

  it("leaves a clip that is not positive to the layer to refuse", () => {
    expect(() => gru(fromOnnx({ W, R, clip: 0 }))).toThrow(
      expect.objectContaining({ code: "option", message: "gru.clip: expected a number above 0, got 0" }),
    );
  });
});
