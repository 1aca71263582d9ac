import { describe, expect, it } from "vitest";
import { fromTf1GruCell } from "../src/convert/tf1/cell.ts";
import { gru } from "../src/layers/gru.ts";

// H = 2, I = 1: columns r0 r1 u0 u1; rows x, h0, h1.
const cell = {
  gatesKernel: [
    [10, 11, 12, 13],
    [20, 21, 22, 23],
    [30, 31, 32, 33],
  ],
  gatesBias: [1, 2, 3, 4],
  candidateKernel: [
    [14, 15],
    [24, 25],
    [34, 35],
  ],
  candidateBias: [5, 6],
};

describe("fromTf1GruCell", () => {
  it("parts input from state, and puts u before r before the candidate", () => {
    const layer = gru(fromTf1GruCell(cell));
    expect([...layer.weights.kernel]).toEqual([12, 13, 10, 11, 14, 15]);
    expect([...layer.weights.recurrentKernel]).toEqual([22, 23, 20, 21, 24, 25, 32, 33, 30, 31, 34, 35]);
    expect([...(layer.weights.bias ?? [])]).toEqual([3, 4, 1, 2, 5, 6]);
    expect(layer.weights.recurrentBias).toBeNull();
    expect(layer).toMatchObject({ inputs: 1, units: 2, resetAfter: false });
    expect([layer.activation.name, layer.recurrentActivation.name]).toEqual(["tanh", "sigmoid"]);
  });

  it("takes flat variables and the cell's activation, null meaning none as in TensorFlow", () => {
    const flat = {
      ...cell,
      gatesKernel: Float32Array.from(cell.gatesKernel.flat()),
      candidateKernel: { data: cell.candidateKernel.flat(), shape: [3, 2] },
    };
    expect(gru(fromTf1GruCell(flat))).toEqual(gru(fromTf1GruCell(cell)));
    expect(gru(fromTf1GruCell({ ...cell, activation: "relu" })).activation.name).toBe("relu");
    expect(gru(fromTf1GruCell({ ...cell, activation: null })).activation.name).toBe("linear");
  });

  it.each([
    [
      "a missing gate bias",
      { gatesBias: undefined },
      "weights",
      "fromTf1GruCell.gatesBias: expected a tensor, got none; it starts at 1 in TF1, so leaving it out does not mean 0",
    ],
    [
      "a missing candidate bias",
      { candidateBias: undefined },
      "weights",
      "fromTf1GruCell.candidateBias: expected a tensor, got none",
    ],
    [
      "kernels without an input",
      { gatesKernel: cell.gatesKernel.slice(0, 2), candidateKernel: cell.candidateKernel.slice(0, 2) },
      "weights",
      "fromTf1GruCell.gatesKernel: expected more than 2 rows, inputs + units, got 2",
    ],
    [
      "kernels that do not belong together",
      { candidateKernel: cell.candidateKernel.slice(0, 2) },
      "weights",
      "fromTf1GruCell.candidateKernel: expected shape [3, 2], got [2, 2]",
    ],
    [
      "a Keras kernel",
      { gatesKernel: [[1, 2, 3, 4, 5, 6]] },
      "weights",
      "fromTf1GruCell.gatesKernel: expected shape [inputs + units, 4], got [1, 6]",
    ],
    [
      "a gate bias of another size",
      { gatesBias: [1, 1] },
      "weights",
      "fromTf1GruCell.gatesBias: expected shape [4], got [2]",
    ],
    [
      "an unknown key",
      { gateBias: [1] },
      "option",
      'fromTf1GruCell: expected one of gatesKernel, gatesBias, candidateKernel, candidateBias, activation, got "gateBias"',
    ],
  ])("refuses %s", (_, change, code, message) => {
    const call = () => fromTf1GruCell({ ...cell, ...(change as object) });
    expect(call).toThrow(expect.objectContaining({ name: "CongruentError", code, message }));
  });
});
