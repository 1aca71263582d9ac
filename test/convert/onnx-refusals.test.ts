import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { read } from "../../src/convert/onnx/read.ts";
import { floats, type OnnxModel, type OnnxNode, type OnnxTensor, writeGraph, writeModel } from "./onnx-writer.ts";

const one = (count: number) => floats(...Array.from({ length: count }, (_, i) => i / 8));
const W: OnnxTensor = { name: "W", dims: [1, 3, 2], raw: one(6) };
const R: OnnxTensor = { name: "R", dims: [1, 3, 1], raw: one(3) };
const cell = (attributes: OnnxNode["attributes"] = {}, inputs = ["X", "W", "R"]): OnnxNode => ({
  op: "GRU",
  name: "cell",
  inputs,
  outputs: ["Y", "Y_h"],
  attributes: { hidden_size: 1, ...attributes },
});
/** X [time, batch, 2] → a GRU, and what follows. */
const model = (...nodes: OnnxNode[]): OnnxModel => ({
  nodes: nodes[0]?.op === "GRU" ? nodes : [cell(), ...nodes],
  tensors: [W, R],
  inputs: { X: [4, 3, 2] },
  outputs: [nodes.at(-1)?.outputs[0] ?? "Y"],
});
const load = (given: OnnxModel, beside?: Record<string, Uint8Array>) =>
  read({
    name: "model.onnx",
    bytes: writeModel(given),
    beside: async (path) => beside?.[path] ?? Promise.reject(new Error("no such file")),
  });
const node = (op: string, inputs: string[], more: Partial<OnnxNode> = {}): OnnxNode => ({
  op,
  name: "odd",
  inputs,
  outputs: ["out"],
  ...more,
});
const body = () => {
  const writer = new BinaryWriter();
  writeGraph(writer, { nodes: [node("MatMul", ["a", "b"]), node("Sigmoid", ["out"])] });
  return writer.finish();
};

describe("a part of an ONNX model is refused by its name", () => {
  it.each<[string, OnnxModel, string]>([
    ["an operator that there is no layer for", model(node("Conv", ["Y", "W"])), "congruent has no Conv"],
    [
      "an operator of another domain",
      model(node("QAttention", ["Y"], { domain: "com.microsoft" })),
      "it is an operator of com.microsoft, not of ONNX",
    ],
    [
      "a function of the model's own",
      { ...model(node("Twice", ["Y"], { domain: "mine" })), functions: ["Twice"] },
      "it is a function of the model's own",
    ],
    [
      "a recurrent loop, as tf2onnx writes it",
      model(node("Loop", ["Y"], { attributes: { body: body() } })),
      "a recurrent cell written out as a Loop, as tf2onnx does when it does not recognise a GRU",
    ],
    ["another loop", model(node("Loop", ["Y"])), "it runs a graph inside, which is not followed"],
    ["a sum that is no bias", model(node("Add", ["Y", "Y"])), "not the bias of a linear layer"],
    ["a product of two values", model(node("MatMul", ["Y", "Y"])), "it multiplies two values"],
    ["softmax over time", model(node("Softmax", ["Y"], { attributes: { axis: 0 } })), "it is not over the features"],
    [
      "fractions made whole",
      model(node("Cast", ["Y"], { attributes: { to: 7 } }), node("Relu", ["out"], { name: "next", outputs: ["end"] })),
      "it makes whole numbers of fractions",
    ],
    [
      "softmax over an axis that was turned to the end",
      model(
        node("Transpose", ["Y"], { name: "turn", outputs: ["turned"] }),
        node("Softmax", ["turned"], { attributes: { axis: -1 } }),
      ),
      "it is not over the features",
    ],
    [
      "a bias along another axis than the units",
      {
        ...model(
          node("MatMul", ["X", "V"], { name: "product", outputs: ["p"] }),
          node("Transpose", ["p"], { name: "turn", outputs: ["turned"] }),
          node("Add", ["turned", "b"]),
        ),
        tensors: [W, R, { name: "V", dims: [2, 4], raw: one(8) }, { name: "b", dims: [4], raw: one(4) }],
        inputs: { X: [4, 3, 2] },
      },
      "it adds something that is not the bias of a linear layer",
    ],
    [
      "a step in the middle",
      { ...model(node("Gather", ["Y", "two"]), node("Relu", ["out"], { outputs: ["end"] })), tensors: [W, R, two()] },
      "it takes a step in the middle",
    ],
    [
      "dropout in training",
      {
        ...model(node("Dropout", ["Y", "", "yes"])),
        tensors: [W, R, { name: "yes", dims: [], type: 9, raw: Uint8Array.of(1) }],
      },
      "it is in training mode",
    ],
  ])("%s", async (_, given, message) => {
    const { parts, noChain } = await load(given);
    const part = parts.find(({ name }) => name === "odd");
    expect(part).toMatchObject({ layers: null, refusal: expect.stringContaining(message) });
    expect(noChain).toContain("it has parts that are refused: odd");
    // The GRU before it can be taken by its name all the same.
    expect(parts.find(({ name }) => name === "cell")?.layers).toHaveLength(1);
  });

  it.each<[string, OnnxModel, string]>([
    [
      "an attribute that a GRU has not",
      model(cell({ output_size: 1 })),
      "it has an attribute that a GRU has not: output_size",
    ],
    ["a layout that there is not", model(cell({ layout: 2 })), "its layout is 2: expected 0 or 1"],
    ["an unknown function", model(cell({ activations: ["Sigmoid", "Gelu"] })), 'got "Gelu"'],
    ["Affine without alpha", model(cell({ activations: ["Sigmoid", "Affine"] })), "activation_alpha for Affine"],
    ["a clip of 0", model(cell({ clip: 0 })), "clip: expected a number above 0, got 0"],
    ["another hidden size", model(cell({ hidden_size: 2 })), "hidden size: expected 1"],
    [
      "two directions with the weights of one",
      model(cell({ direction: "bidirectional" })),
      "expected shape [2, 3, 2], got [1, 3, 2]",
    ],
    [
      "weights that come in from outside",
      { ...model(), tensors: [R], inputs: { X: [4, 3, 2], W: [1, 3, 2] } },
      'its W is an input of the graph, "W"',
    ],
    [
      "weights that the graph works out",
      {
        ...model(node("Neg", ["W"], { outputs: ["V"] }), cell({}, ["X", "V", "R"])),
        outputs: ["Y"],
        nodes: [node("Neg", ["W"], { outputs: ["V"] }), cell({}, ["X", "V", "R"])],
      },
      'its W ("V") is worked out by the graph',
    ],
    ["weights of a type that is not known", { ...model(), tensors: [{ ...W, type: 17 }, R] }, "data type 17"],
  ])("a GRU with %s", async (_, given, message) => {
    const { parts } = await load(given);
    expect(parts.find(({ name }) => name === "cell")).toMatchObject({
      layers: null,
      refusal: expect.stringContaining(message),
    });
  });

  it.each<[string, OnnxModel, string]>([
    [
      "an initial state in the file that is not 0",
      {
        ...model(cell({}, ["X", "W", "R", "", "", "h0"])),
        tensors: [W, R, { name: "h0", dims: [1, 3, 1], raw: floats(1, 2, 3) }],
      },
      "the initial state of cell is stored in the file and is not 0",
    ],
    [
      "lengths in the file",
      {
        ...model(cell({}, ["X", "W", "R", "", "lengths"])),
        tensors: [W, R, { name: "lengths", dims: [3], type: 6, raw: new Uint8Array(Int32Array.of(1, 2, 3).buffer) }],
      },
      "cell has lengths (sequence_lens) from inside the graph",
    ],
    ["data of another shape", { ...model(), inputs: { X: [4, 3, 5] } }, "cell reads [time, batch, features]"],
    ["an output that is an input", { ...model(), outputs: ["X"] }, "cell (GRU) is not on the way"],
    [
      "two GRUs beside each other",
      { ...model(cell(), { ...cell(), name: "second", outputs: ["Z"] }), outputs: ["Y", "Z"] },
      "it has several outputs",
    ],
  ])("no chain: %s", async (_, given, message) => {
    const { parts, noChain } = await load(given);
    expect(noChain).toContain(message);
    expect(parts.find(({ name }) => name === "cell")?.layers).toHaveLength(1);
  });
});

function two(): OnnxTensor {
  return { name: "two", dims: [], type: 7, raw: new Uint8Array(BigInt64Array.of(2n).buffer) };
}

it("a product that is read twice keeps its numbers: its activation is a layer of its own", async () => {
  const { parts, noChain } = await load({
    nodes: [
      node("MatMul", ["X", "V"], { name: "product", outputs: ["p"] }),
      node("Relu", ["p"], { name: "relu", outputs: ["r"] }),
    ],
    tensors: [{ name: "V", dims: [2, 4], raw: one(8) }],
    inputs: { X: [4, 3, 2] },
    outputs: ["r", "p"],
  });
  expect(parts.map(({ name, kind }) => [name, kind])).toEqual([
    ["product", "MatMul"],
    ["relu", "Relu"],
  ]);
  expect(parts[0].layers).toMatchObject([{ kind: "dense", activation: { name: "linear" } }]);
  expect(noChain).toBe("it has several outputs");
});

describe("an ONNX file is refused", () => {
  const external = (entries: Record<string, string>): OnnxModel => ({
    ...model(),
    tensors: [{ name: "W", dims: [1, 3, 2], external: entries }, R],
  });

  it.each<[string, OnnxModel, string, string]>([
    [
      "of a later opset",
      { ...model(), opset: 99 },
      "unsupported",
      "expected operators of opset 26 or before, got opset 99",
    ],
    [
      "whose numbers are fewer than their shape",
      { ...model(), tensors: [{ ...W, raw: one(5) }, R] },
      "file",
      "W: expected 24 bytes of f32, got 20",
    ],
    [
      "whose numbers are not there",
      { ...model(), tensors: [{ name: "W", dims: [1, 3, 2] }, R] },
      "file",
      "W: expected 6 numbers, got 0",
    ],
    [
      "with a giant shape",
      { ...model(), tensors: [{ name: "W", dims: [1, 3, 2 ** 40] }, R] },
      "file",
      "W: expected 3298534883328 numbers, got fewer",
    ],
    [
      "with a shape that overflows",
      { ...model(), tensors: [{ name: "W", dims: [2 ** 40, 3, 2 ** 40] }, R] },
      "file",
      "a size that can be",
    ],
    [
      "with a negative size",
      { ...model(), tensors: [{ name: "W", dims: [1, -3, 2] }, R] },
      "file",
      "expected whole sizes",
    ],
    ["with two values of a name", model(cell(), cell()), "file", '"Y": expected one value of the name, got two'],
    [
      "that reads what nothing gives",
      model(cell({}, ["X", "W", "Q"])),
      "file",
      '"Q": expected a value that an operator before gives, got none',
    ],
    [
      "that is a cycle",
      model(node("Relu", ["later"]), node("Relu", ["out"], { outputs: ["later"] })),
      "file",
      '"later": expected a value',
    ],
    [
      "whose data is outside of its folder",
      external({ location: "../secret" }),
      "file",
      "a path inside the file's own folder",
    ],
    [
      "whose data has an absolute path",
      external({ location: "/etc/passwd" }),
      "file",
      "a path inside the file's own folder",
    ],
    [
      "whose data is not there",
      external({ location: "gone" }),
      "file",
      "W: expected gone beside model.onnx, got none: no such file",
    ],
    [
      "whose data is too short",
      external({ location: "data", offset: "8" }),
      "file",
      "W: expected bytes inside of data (24), got 24 at 8",
    ],
    [
      "whose data has a negative offset",
      external({ location: "data", offset: "-8" }),
      "file",
      "W: expected bytes inside of data",
    ],
  ])("%s", async (_, given, code, message) => {
    await expect(load(given, { data: one(6) })).rejects.toMatchObject({
      name: "CongruentError",
      code,
      message: expect.stringContaining(message),
    });
  });

  it("that is not one", async () => {
    const bytes = new TextEncoder().encode('{"class_name": "Sequential"}');
    await expect(read({ name: "a.onnx", bytes })).rejects.toMatchObject({ code: "file" });
    await expect(read({ name: "a.onnx", bytes: new Uint8Array() })).rejects.toMatchObject({
      message: "a.onnx: expected an ONNX model (ir_version and graph), got neither or one",
    });
  });

  it("given numbers for what is no input", async () => {
    const bytes = writeModel(model());
    await expect(read({ name: "a.onnx", bytes }, { inputs: { Q: [1] } })).rejects.toMatchObject({
      code: "option",
      message: 'onnx.inputs: expected inputs of the graph (X), got "Q"',
    });
  });

  it("of millions of empty operators, before they fill the memory", async () => {
    // Field 1 of the graph, a node of no bytes, eight million times.
    const nodes = new Uint8Array(16_000_000).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    const writer = new BinaryWriter();
    writer.tag(1, 0).int64(8).tag(7, 2).bytes(nodes);
    await expect(read({ name: "a.onnx", bytes: writer.finish() })).rejects.toMatchObject({
      message: "the file: expected a graph, got values without end",
    });
  });

  it("whose operators share big weights ten thousand times", async () => {
    const big: OnnxTensor = { name: "W", dims: [1, 3, 20_000], raw: new Uint8Array(240_000) };
    const nodes = Array.from({ length: 10_000 }, (_, i) => ({ ...cell(), name: `g${i}`, outputs: [`y${i}`] }));
    await expect(
      load({ nodes, tensors: [big, R], inputs: { X: [4, 3, 20_000] }, outputs: ["y1"] }),
    ).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("expected weights of its own"),
    });
  });

  it("whose constants double without end", async () => {
    const nodes = Array.from({ length: 60 }, (_, i) =>
      node("Concat", [`c${i}`, `c${i}`], { name: `n${i}`, outputs: [`c${i + 1}`], attributes: { axis: 0 } }),
    );
    const given = { nodes, tensors: [{ name: "c0", dims: [8], raw: one(8) }], outputs: ["c60"] };
    await expect(load(given)).rejects.toMatchObject({ code: "unsupported" });
  });
});
