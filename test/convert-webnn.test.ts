import { describe, expect, it } from "vitest";
import { fromWebnn } from "../src/convert/webnn.ts";
import { bidirectional } from "../src/layers/bidirectional.ts";
import { gru } from "../src/layers/gru.ts";

// H = 1, I = 2: one row for each gate.
const weight = [
  [
    [10, 11],
    [20, 21],
    [30, 31],
  ],
];
const recurrentWeight = [[[1], [2], [3]]];
const bias = [[4, 5, 6]];
const recurrentBias = [[7, 8, 9]];

describe("fromWebnn", () => {
  it("has WebNN's defaults: zrn, reset after, the last state alone", () => {
    const layer = gru(fromWebnn({ weight, recurrentWeight, bias, recurrentBias }));
    expect([...layer.weights.kernel]).toEqual([10, 20, 30, 11, 21, 31]);
    expect([...(layer.weights.bias ?? [])]).toEqual([4, 5, 6]);
    expect([...(layer.weights.recurrentBias ?? [])]).toEqual([7, 8, 9]);
    expect(layer).toMatchObject({ resetAfter: true, returnSequences: false, goBackwards: false });
    expect([layer.recurrentActivation.name, layer.activation.name]).toEqual(["sigmoid", "tanh"]);
  });

  it("swaps the first two gates of rzn in all four tensors", () => {
    const layer = gru(fromWebnn({ weight, recurrentWeight, bias, recurrentBias, layout: "rzn" }));
    expect([...layer.weights.kernel]).toEqual([20, 10, 30, 21, 11, 31]);
    expect([...layer.weights.recurrentKernel]).toEqual([2, 1, 3]);
    expect([...(layer.weights.bias ?? [])]).toEqual([5, 4, 6]);
    expect([...(layer.weights.recurrentBias ?? [])]).toEqual([8, 7, 9]);
  });

  it("takes either bias alone", () => {
    const one = gru(fromWebnn({ weight, recurrentWeight, recurrentBias })).weights;
    expect([one.bias, [...(one.recurrentBias ?? [])]]).toEqual([null, [7, 8, 9]]);
    expect(gru(fromWebnn({ weight, recurrentWeight, bias })).weights.recurrentBias).toBeNull();
  });

  it("takes a cell's operands, which have no directions", () => {
    const cell = {
      weight: weight[0],
      recurrentWeight: recurrentWeight[0],
      bias: bias[0],
      recurrentBias: recurrentBias[0],
    };
    expect(gru(fromWebnn(cell))).toEqual(gru(fromWebnn({ weight, recurrentWeight, bias, recurrentBias })));
  });

  it("passes the options on", () => {
    const layer = gru(
      fromWebnn({
        weight,
        recurrentWeight,
        resetAfter: false,
        activations: ["relu", "sigmoid"],
        direction: "backward",
        returnSequence: true,
        hiddenSize: 1,
      }),
    );
    expect(layer).toMatchObject({ resetAfter: false, returnSequences: true, goBackwards: true });
    expect([layer.recurrentActivation.name, layer.activation.name]).toEqual(["relu", "sigmoid"]);
  });

  it("keeps both directions apart, with the same activations", () => {
    const layer = bidirectional(
      fromWebnn({
        weight: [
          weight[0],
          [
            [40, 41],
            [50, 51],
            [60, 61],
          ],
        ],
        recurrentWeight: [recurrentWeight[0], [[4], [5], [6]]],
        activations: ["tanh", "relu"],
        direction: "both",
      }),
    );
    expect(layer).toMatchObject({ mergeMode: "none", backward: { activation: { name: "relu" }, goBackwards: true } });
    expect([...layer.backward.weights.recurrentKernel]).toEqual([4, 5, 6]);
  });

  it.each([
    ["another layout", { layout: "nzr" }, "option", 'fromWebnn.layout: expected zrn or rzn, got "nzr"'],
    ["an ONNX direction", { direction: "reverse" }, "option", 'expected forward, backward or both, got "reverse"'],
    ["an activation it has not", { activations: ["sigmoid", "elu"] }, "option", 'got ["sigmoid","elu"]'],
    ["activations for each direction", { activations: ["relu", "relu", "relu", "relu"] }, "option", "expected 2 of"],
    [
      "another hidden size",
      { hiddenSize: 4 },
      "option",
      "hidden size: expected 1, as fromWebnn.recurrentWeight has, got 4",
    ],
    ["an option it does not know", { steps: 2 }, "option", 'got "steps"'],
    ["one direction's weights for both", { direction: "both" }, "weights", "expected shape [2, 3, 2], got [1, 3, 2]"],
    ["a bias of another shape", { bias: [[1]] }, "weights", "fromWebnn.bias: expected shape [1, 3], got [1, 1]"],
    ["no weight", { weight: undefined }, "weights", "fromWebnn.weight: expected an array"],
  ])("refuses %s", (_, change, code, message) => {
    const call = () => fromWebnn({ weight, recurrentWeight, ...(change as object) });
    expect(call).toThrow(
      expect.objectContaining({ name: "CongruentError", code, message: expect.stringContaining(message) }),
    );
  });
});
