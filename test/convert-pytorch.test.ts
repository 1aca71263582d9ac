import { describe, expect, it } from "vitest";
import { fromPyTorch, fromPyTorchModule } from "../src/convert/pytorch.ts";
import { gru } from "../src/layers/gru.ts";
import type { GruLayer } from "../src/layers/layer.ts";

const H = 2;
const I = 3;

/** A number that says where it comes from: gate, unit of that gate, column. */
const tag = (gate: "z" | "r" | "n", unit: number, column: number) => "zrn".indexOf(gate) * 100 + unit * 10 + column;
/** (3H, columns) in PyTorch's order. */
const rows = (columns: number) =>
  (["r", "z", "n"] as const).flatMap((gate) =>
    [0, 1].map((unit) => Array.from({ length: columns }, (_, column) => tag(gate, unit, column))),
  );
/** (columns, 3H) in ours. */
const columns = (count: number) =>
  Array.from({ length: count }, (_, column) =>
    (["z", "r", "n"] as const).flatMap((gate) => [0, 1].map((unit) => tag(gate, unit, column))),
  ).flat();

const weights = {
  weight_ih: rows(I),
  weight_hh: rows(H),
  bias_ih: rows(1).flat(),
  bias_hh: rows(1)
    .flat()
    .map((value) => value + 0.5),
};

describe("fromPyTorch", () => {
  it("puts every weight of r|z|n rows in its column of z|r|n", () => {
    const { weights: own, ...layer } = gru(fromPyTorch(weights));
    expect([...own.kernel]).toEqual(columns(I));
    expect([...own.recurrentKernel]).toEqual(columns(H));
    expect([...(own.bias ?? [])]).toEqual(columns(1));
    expect([...(own.recurrentBias ?? [])]).toEqual(columns(1).map((value) => value + 0.5));
    expect(layer).toMatchObject({ inputs: I, units: H, resetAfter: true });
    expect([layer.activation.name, layer.recurrentActivation.name]).toEqual(["tanh", "sigmoid"]);
  });

  it("takes flat arrays, tensors with a shape and nested arrays alike", () => {
    const flat = (value: number[][]) => Float32Array.from(value.flat());
    const forms = [
      weights,
      { ...weights, weight_ih: flat(weights.weight_ih), weight_hh: flat(weights.weight_hh) },
      {
        ...weights,
        weight_ih: { data: flat(weights.weight_ih), shape: [3 * H, I] },
        weight_hh: { data: flat(weights.weight_hh), shape: [3 * H, H] },
      },
    ];
    for (const form of forms) expect(gru(fromPyTorch(form))).toEqual(gru(fromPyTorch(weights)));
  });

  it("leaves out biases that are not there", () => {
    const { weight_ih, weight_hh, bias_hh } = weights;
    expect(gru(fromPyTorch({ weight_ih, weight_hh })).weights).toMatchObject({ bias: null, recurrentBias: null });
    const one = gru(fromPyTorch({ weight_ih, weight_hh, bias_hh })).weights;
    expect(one.bias).toBeNull();
    expect([...(one.recurrentBias ?? [])]).toEqual(columns(1).map((value) => value + 0.5));
  });

  it.each([
    ["no recurrent weights", { weight_hh: undefined }, "weights", "fromPyTorch.weight_hh: expected a tensor, got none"],
    [
      "an LSTM's rows",
      { weight_hh: new Array(4 * H).fill([1, 2]) },
      "weights",
      "fromPyTorch.weight_hh: expected shape [6, 2], got [8, 2]",
    ],
    [
      "a transposed input weight",
      { weight_ih: new Array(I).fill(new Array(3 * H).fill(0)) },
      "weights",
      "fromPyTorch.weight_ih: expected shape [6, 6], got [3, 6]",
    ],
    [
      "flat weights that no whole number of units fits",
      { weight_hh: new Float32Array(13) },
      "weights",
      "fromPyTorch.weight_hh: expected shape [3·units, units], got [13]",
    ],
    [
      "flat weights that no whole number of inputs fits",
      { weight_ih: new Float32Array(7) },
      "weights",
      "fromPyTorch.weight_ih: expected shape [6, inputs], got [7]",
    ],
    ["a bias of another size", { bias_ih: [1, 2] }, "weights", "fromPyTorch.bias_ih: expected shape [6], got [2]"],
    [
      "a tensor of another module",
      { weight_hr: [[1]] },
      "option",
      'fromPyTorch: expected one of weight_ih, weight_hh, bias_ih, bias_hh, got "weight_hr"',
    ],
  ])("refuses %s", (_, change, code, message) => {
    const call = () => fromPyTorch({ ...weights, ...(change as object) });
    expect(call).toThrow(expect.objectContaining({ name: "CongruentError", code, message }));
  });
});

describe("fromPyTorchModule", () => {
  const named = (path: string, suffix: string, inputs: number) => ({
    [`${path}weight_ih_${suffix}`]: rows(inputs),
    [`${path}weight_hh_${suffix}`]: rows(H),
    [`${path}bias_ih_${suffix}`]: rows(1).flat(),
    [`${path}bias_hh_${suffix}`]: rows(1).flat(),
  });
  const stack = { ...named("", "l0", I), ...named("", "l1", H) };
  const twoWay = {
    ...named("encoder.gru.", "l0", I),
    ...named("encoder.gru.", "l0_reverse", I),
    ...named("encoder.gru.", "l1", 2 * H),
    ...named("encoder.gru.", "l1_reverse", 2 * H),
    "encoder.norm.weight": [1, 2],
    "decoder.weight_ih_l9": [[1]],
  };

  it("makes a layer of each layer, all returning sequences", () => {
    const layers = fromPyTorchModule(stack) as GruLayer[];
    expect(layers.map(({ kind, inputs, returnSequences }) => [kind, inputs, returnSequences])).toEqual([
      ["gru", I, true],
      ["gru", H, true],
    ]);
    expect(layers[0].weights.kernel).toEqual(gru(fromPyTorch(weights)).weights.kernel);
  });

  it("can end with the last output alone", () => {
    const layers = fromPyTorchModule(stack, { returnSequences: false }) as GruLayer[];
    expect(layers.map(({ returnSequences }) => returnSequences)).toEqual([true, false]);
  });

  it("finds a path, sees that it is bidirectional, and leaves other modules alone", () => {
    for (const prefix of ["encoder.gru", "encoder.gru."]) {
      expect(fromPyTorchModule(twoWay, { prefix })).toMatchObject([
        { kind: "bidirectional", mergeMode: "concat", forward: { inputs: I }, backward: { goBackwards: true } },
        { kind: "bidirectional", mergeMode: "concat", forward: { inputs: 2 * H }, backward: { inputs: 2 * H } },
      ]);
    }
  });

  it("picks one layer", () => {
    expect(fromPyTorchModule(stack, { layer: 1, returnSequences: false })).toMatchObject([
      { kind: "gru", inputs: H, returnSequences: false },
    ]);
  });

  const { weight_hh_l1: _, ...headless } = stack as Record<string, number[] | number[][]>;
  it.each([
    ["a path that is not there", stack, { prefix: "gru" }, "weights", "gru.weight_ih_l0: expected a tensor, got none"],
    ["a tensor that is missing", headless, {}, "weights", "weight_hh_l1: expected a tensor, got none"],
    [
      "backward weights of a module said to be forward only",
      twoWay,
      { prefix: "encoder.gru", bidirectional: false },
      "weights",
      "encoder.gru.: expected 2 layers, forward only, got encoder.gru.weight_ih_l0_reverse too",
    ],
    [
      "a missing backward direction",
      stack,
      { bidirectional: true },
      "weights",
      "weight_ih_l0_reverse: expected a tensor, got none",
    ],
    [
      "a layer after a gap",
      { ...stack, ...named("", "l3", H) },
      {},
      "weights",
      "fromPyTorchModule: expected 2 layers, forward only, got weight_ih_l3 too",
    ],
    [
      "an LSTM's projection",
      { ...stack, weight_hr_l0: [[1]] },
      {},
      "weights",
      "weight_hr_l0: expected a GRU's weight_ih or weight_hh, got weight_hr",
    ],
    [
      "a layer beyond the last",
      stack,
      { layer: 2 },
      "option",
      "fromPyTorchModule.layer: expected a whole number from 0 to 1, got 2",
    ],
    [
      "an unknown option",
      stack,
      { layers: 2 },
      "option",
      'fromPyTorchModule: expected one of prefix, layer, bidirectional, returnSequences, got "layers"',
    ],
  ])("refuses %s", (_, stateDict, options, code, message) => {
    const call = () => fromPyTorchModule(stateDict, options as object);
    expect(call).toThrow(expect.objectContaining({ name: "CongruentError", code, message }));
  });
});
