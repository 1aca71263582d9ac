import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { maskedCrc32c } from "../../src/convert/tf1/crc32c.ts";
import { read } from "../../src/convert/tf1/read.ts";
import { type TfEntry, type TfNode, writeEntry, writeGraph, writeHeader, writeTable } from "./tf1-writer.ts";

const folder = new URL("fixtures/tf1/", import.meta.url);
const bytesOf = (path: string) => Uint8Array.from(readFileSync(new URL(path, folder)));
const load = (nodes: readonly TfNode[]) => read({ name: "graph.pb", bytes: writeGraph(nodes) });
const input: TfNode = { name: "x", op: "Placeholder" };
const kernel: TfNode = { name: "w", op: "Const", value: { shape: [2, 1], numbers: [1, 2] } };

describe("CRC-32C", () => {
  // The check value of the algorithm, "123456789" → e3069283, masked as crc32c.h masks it.
  it("is Castagnoli's, masked", () => {
    const crc = 0xe3069283;
    expect(maskedCrc32c(new TextEncoder().encode("123456789"))).toBe((((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0);
  });
});

describe("a checkpoint without its graph", () => {
  const prefix = "last-state-checkpoint/model.ckpt";
  const alone = (name: string) =>
    read({
      name,
      bytes: bytesOf(name),
      beside: async (path) => {
        if (path.endsWith(".meta")) throw new Error("no such file");
        return bytesOf(`last-state-checkpoint/${path}`);
      },
    });

  it("gives its cells by their names, and says what it does not know", async () => {
    const { parts, noChain, version } = await alone(`${prefix}.index`);
    expect(version).toBeNull();
    expect(parts.map(({ name, kind, layers }) => [name, kind, layers?.length ?? null])).toEqual([
      ["rnn/gru_cell", "GRUCell", 1],
      ["b", "variable", null],
      ["w", "variable", null],
    ]);
    expect(noChain).toContain("cells are taken to have GRUCell's own activation, tanh");
    expect(parts[1].refusal).toBe("a variable of which a checkpoint does not say what it is for");
  });

  it("gives the same cell as with it", async () => {
    const whole = await read({
      name: `${prefix}.index`,
      bytes: bytesOf(`${prefix}.index`),
      beside: async (path) => bytesOf(`last-state-checkpoint/${path}`),
    });
    const [cell] = (await alone(`${prefix}.index`)).parts;
    const wanted = whole.parts.find(({ name }) => name === "rnn/gru_cell")?.layers?.[0];
    expect(cell.layers?.[0]).toMatchObject({ kind: "gru", weights: (wanted as { weights: object }).weights });
  });
});

describe("a checkpoint is refused", () => {
  const numbers = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
  const sound: TfEntry = { shape: [2], offset: 0, size: 8, checksum: maskedCrc32c(numbers.subarray(0, 8)) };
  const second: TfEntry = { shape: [2], offset: 8, size: 8, checksum: maskedCrc32c(numbers.subarray(8)) };
  const open = (index: Uint8Array) =>
    read({
      name: "a.index",
      bytes: index,
      beside: async (path) => (path === "a.data-00000-of-00001" ? numbers : Promise.reject(new Error("no such file"))),
    });
  const table = (a: TfEntry, b: TfEntry = second, header = writeHeader()) =>
    writeTable([
      ["", header],
      ["a", writeEntry(a)],
      ["b", writeEntry(b)],
    ]);

  it("not, when it is sound", async () => {
    const { parts } = await open(table(sound));
    expect(parts.map(({ name, parameters, bytes }) => [name, parameters, bytes])).toEqual([
      ["a", 2, 8],
      ["b", 2, 8],
    ]);
  });

  it.each<[string, Uint8Array, string, string]>([
    ["with a wrong checksum", table({ ...sound, checksum: 1 }), "file", "a: expected numbers that fit their checksum"],
    [
      "with overlapping tensors",
      table(sound, { ...sound, offset: 0 }),
      "file",
      "b: expected bytes of its own, got some of a's",
    ],
    [
      "with a tensor behind the end",
      table({ ...sound, offset: 12 }),
      "file",
      "a: expected bytes inside of its data file (16), got 8 at 12",
    ],
    ["with a giant tensor", table({ ...sound, size: 2 ** 40 }), "file", "a: expected bytes inside of its data file"],
    ["with another shape", table({ ...sound, shape: [3] }), "file", "a: expected 12 bytes of f32, got 8"],
    ["with a data file that there is not", table({ ...sound, shard: 4 }), "file", "a: expected a shard below 1, got 4"],
    [
      "whose data is not beside it",
      table(sound, second, writeHeader(2)),
      "file",
      "expected a.data-00000-of-00002 beside a.index, got none",
    ],
    ["with a slice", table({ ...sound, slices: 1 }), "unsupported", "a: expected a whole tensor, got one in slices"],
    ["big-endian", table(sound, second, writeHeader(1, 1)), "unsupported", "expected a little-endian checkpoint"],
    ["compressed", writeTable([["", writeHeader()]], 1), "unsupported", "type 1 (1 is snappy)"],
    ["without a header", writeTable([["a", writeEntry(sound)]]), "file", "got a table without its header"],
    ["that is something else", new Uint8Array(100), "file", "expected the index of a checkpoint, got another file"],
    ["that is empty", new Uint8Array(), "file", "expected the index of a checkpoint, got another file"],
  ])("%s", async (_, index, code, message) => {
    await expect(open(index)).rejects.toMatchObject({
      name: "CongruentError",
      code,
      message: expect.stringContaining(message),
    });
  });

  it("with a changed block", async () => {
    const index = table(sound);
    index[8] ^= 1;
    await expect(open(index)).rejects.toMatchObject({ message: expect.stringContaining("fit their checksums") });
  });

  it("of TensorFlow 2's objects, by name", async () => {
    const index = writeTable([
      ["", writeHeader()],
      ["_CHECKPOINTABLE_OBJECT_GRAPH", writeEntry({ ...sound, shape: [] })],
      ["layer_with_weights-0/cell/kernel/.ATTRIBUTES/VARIABLE_VALUE", writeEntry(sound)],
    ]);
    const { parts, noChain } = await open(index);
    expect(parts).toMatchObject([{ layers: null, refusal: expect.stringContaining("a variable of a Keras layer") }]);
    expect(noChain).toContain("save it as .keras or .h5");
  });
});

describe("a part of a TensorFlow graph is refused by its name", () => {
  it.each<[string, string, string]>([
    ["a fused cell", "GRUBlockCell", "a fused cell of tf.contrib"],
    ["cuDNN's array of weights", "CudnnRNN", "cuDNN keeps all weights in one opaque array"],
    ["a function of TensorFlow 2", "StatefulPartitionedCall", "save the Keras model as .keras or .h5"],
    ["a loop of TensorFlow 2", "While", "freeze the graph with control flow v1"],
    ["any other operator", "Conv2D", "congruent has no Conv2D"],
  ])("%s", async (_, op, message) => {
    const product: TfNode = { name: "product", op: "MatMul", inputs: ["rows", "w"] };
    const rows: TfNode = { name: "rows", op: "Reshape", inputs: ["x", "shape"] };
    const { parts, noChain } = await load([
      { name: "odd", op, inputs: ["x"] },
      { ...product, inputs: ["odd", "w"] },
      kernel,
      input,
      rows,
      { name: "shape", op: "Const" },
    ]);
    expect(parts.find(({ name }) => name === "odd")).toMatchObject({
      layers: null,
      refusal: expect.stringContaining(message),
    });
    expect(parts.find(({ name }) => name === "product")?.layers).toHaveLength(1);
    expect(noChain).toContain("it has parts that are refused: odd");
  });

  it("what weighs a GRU's outputs by themselves; the GRU can be taken by its name", async () => {
    const { parts, noChain } = await read({ name: "attention.pb", bytes: bytesOf("attention.pb") });
    expect(noChain).toContain("it has parts that are refused");
    expect(parts.find(({ name }) => name === "rnn/gru_cell")?.layers).toHaveLength(1);
    expect(parts.filter(({ layers }) => layers === null).map(({ kind }) => kind)).toContain("Softmax");
  });

  it("a directory without its variables", async () => {
    const bytes = bytesOf("tagger-saved/saved_model.pb");
    await expect(read({ name: "saved_model.pb", bytes })).rejects.toMatchObject({
      code: "file",
      message: expect.stringContaining("expected variables/variables.index beside saved_model.pb, got none"),
    });
  });

  it("an output that there is not", async () => {
    const file = { name: "last-step.pb", bytes: bytesOf("last-step.pb") };
    await expect(read(file, { output: "nowhere" })).rejects.toMatchObject({
      message: '"nowhere": expected an operator of the graph, got none',
    });
    // An end that is not the graph's: the recurrent layer alone.
    const { parts, noChain } = await read(file, { output: "rnn/TensorArrayStack/TensorArrayGatherV3" });
    expect(noChain).toBeNull();
    expect(parts.map(({ kind }) => kind)).toEqual(["GRUCell"]);
  });
});

describe("a hostile graph", () => {
  const refused = (nodes: readonly TfNode[], message: string) =>
    expect(load(nodes)).rejects.toMatchObject({ name: "CongruentError", message: expect.stringContaining(message) });

  it("that is a cycle is refused", async () => {
    await refused(
      [
        { name: "a", op: "Identity", inputs: ["b"] },
        { name: "b", op: "Identity", inputs: ["a"] },
        { name: "c", op: "MatMul", inputs: ["a", "b"] },
      ],
      "expected a graph less deep",
    );
    const { noChain } = await load([
      { name: "a", op: "Relu", inputs: ["b"] },
      { name: "b", op: "Relu", inputs: ["a"] },
      { name: "c", op: "Relu", inputs: ["a"] },
    ]);
    expect(noChain).not.toBeNull();
  });

  it("of many thousand operators in a row is refused", async () => {
    const nodes = Array.from({ length: 40_000 }, (_, i) => ({
      name: `n${i}`,
      op: "Relu",
      inputs: [i === 0 ? "x" : `n${i - 1}`],
    }));
    await refused([input, ...nodes], "expected at most 400 operators in a row, got more");
  });

  it("whose constant is one number for a billion is refused", async () => {
    const giant: TfNode = { name: "w", op: "Const", value: { shape: [1_000_000, 1000], numbers: [1] } };
    await refused([input, giant, { name: "p", op: "MatMul", inputs: ["x", "w"] }], "expected");
  });

  it("with more numbers than its shape, two of a name, or an input that is not there is refused", async () => {
    const product: TfNode = { name: "p", op: "MatMul", inputs: ["x", "w"] };
    await refused(
      [
        input,
        { ...kernel, value: { shape: [1], numbers: [1, 2] } },
        { name: "s", op: "Fill", inputs: ["x", "w"] },
        { name: "q", op: "MatMul", inputs: ["s", "w"] },
        input,
      ],
      "x: expected one operator of the name, got two",
    );
    await refused([product, input], '"w": expected an operator of the graph, got none');
    await refused([product, input, { ...kernel, value: { shape: [2, -1], numbers: [1] } }], "free one");
    await refused(
      [product, input, { ...kernel, value: { shape: [1, 2], numbers: [1, 2, 3] } }],
      "w: expected 2 numbers, got 3",
    );
  });
});
