import { readFileSync } from "node:fs";
import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { read as readJson } from "../../src/convert/json/read.ts";
import { checkMapping, type Mapping } from "../../src/convert/mapping/mapping.ts";
import { writeNpy } from "../../src/convert/npz/npy.ts";
import { read as readNpz } from "../../src/convert/npz/read.ts";
import { read as readCheckpoint } from "../../src/convert/pytorch/read.ts";
import { bidirectional, dense, gru } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { fixture, layersOf } from "./files.ts";

/** A number for each place, so that none can be taken for another. */
const count = (length: number, start = 1) => Array.from({ length }, (_, i) => start + i);
const json = (value: unknown) => ({ name: "w.json", bytes: strToU8(JSON.stringify(value)) });
const map = async (arrays: unknown, mapping: unknown): Promise<readonly Layer[]> =>
  (await readJson(json(arrays), { mapping: mapping as Mapping })).parts.flatMap(({ layers }) => layers ?? []);

const H = 2;
const I = 3;
const arrays = {
  k: count(I * 3 * H),
  r: count(H * 3 * H, 100),
  b: count(3 * H, 200),
  rb: count(3 * H, 300),
  both: [count(3 * H, 200), count(3 * H, 300)],
};

describe("a mapping", () => {
  it("takes Keras's layout, flat or not", async () => {
    const wanted = gru({ units: H, kernel: arrays.k, recurrentKernel: arrays.r, bias: arrays.both, name: "gru_0" });
    for (const weights of [
      { kernel: "k", recurrentKernel: "r", bias: "both" },
      { kernel: "k", recurrentKernel: "r", bias: "b", recurrentBias: "rb" },
      { kernel: { name: "k", shape: [I, 3 * H] }, recurrentKernel: "r", bias: "both" },
    ]) {
      expect(await map(arrays, { layers: [{ kind: "gru", layout: "keras", weights }] })).toEqual([wanted]);
    }
  });

  it("takes PyTorch's, ONNX's and TF1's, which are the same GRU here", async () => {
    const source = {
      // rows: n, r and z by value; columns by decimals
      zrn: {
        W: [
          [1, 0.1],
          [2, 0.2],
          [3, 0.3],
        ],
        R: [[4], [5], [6]],
        B: [7, 8, 9, 0, 0, 0],
      },
      rzn: {
        ih: [
          [2, 0.2],
          [1, 0.1],
          [3, 0.3],
        ],
        hh: [[5], [4], [6]],
        b: [8, 7, 9],
        z: [0, 0, 0],
      },
      tf: {
        gk: [
          [2, 1],
          [0.2, 0.1],
          [5, 4],
        ],
        gb: [8, 7],
        ck: [[3], [0.3], [6]],
        cb: [9],
      },
    };
    const layout = (name: string, weights: object, more: object = {}) =>
      map(source, {
        layers: [{ kind: "gru", layout: name, name: "g", weights, options: { returnSequences: true }, ...more }],
      });
    const [fromTorch] = await layout("pytorch", {
      weight_ih: "rzn.ih",
      weight_hh: "rzn.hh",
      bias_ih: "rzn.b",
      bias_hh: "rzn.z",
    });
    const [onnx] = await map(
      { ...source, W: source.zrn.W.flat(), R: source.zrn.R.flat() },
      {
        layers: [
          {
            kind: "gru",
            layout: "onnx",
            name: "g",
            weights: { W: "W", R: "R", B: "zrn.B" },
            attributes: { linear_before_reset: 1 },
          },
        ],
      },
    );
    const [tf1] = await layout("tf1", {
      gatesKernel: "tf.gk",
      gatesBias: "tf.gb",
      candidateKernel: "tf.ck",
      candidateBias: "tf.cb",
    });
    expect(onnx).toEqual(fromTorch);
    if (tf1.kind !== "gru" || fromTorch.kind !== "gru") throw new Error("expected GRUs");
    expect([tf1.resetAfter, fromTorch.resetAfter]).toEqual([false, true]);
    expect(tf1.weights).toEqual({ ...fromTorch.weights, recurrentBias: null });
    expect([...tf1.weights.kernel]).toEqual([1, 2, 3, 0.1, 0.2, 0.3].map(Math.fround));
  });

  it("takes bidirectional layers, apart or as an ONNX node", async () => {
    const side = { kernel: "k", recurrentKernel: "r", bias: "both" };
    const options = { units: H, kernel: arrays.k, recurrentKernel: arrays.r, bias: arrays.both };
    const layers = await map(arrays, {
      layout: "keras",
      layers: [
        {
          kind: "bidirectional",
          forward: { weights: side },
          backward: { weights: side },
          options: { mergeMode: "sum" },
        },
      ],
    });
    expect(layers).toEqual([
      bidirectional({
        forward: options,
        backward: { ...options, goBackwards: true },
        mergeMode: "sum",
        name: "bidirectional_0",
      }),
    ]);
    const node = { W: [arrays.k, arrays.k].flat(), R: [arrays.r, arrays.r].flat() };
    const [onnx] = await map(node, {
      layers: [
        { kind: "gru", layout: "onnx", weights: { W: "W", R: "R" }, attributes: { direction: "bidirectional" } },
      ],
    });
    expect(onnx).toMatchObject({ kind: "bidirectional", mergeMode: "none", name: "gru_0", forward: { inputs: I } });
  });

  it("takes dense, embedding, masking and dropout", async () => {
    const weights = {
      m: [
        [1, 2, 3],
        [4, 5, 6],
      ],
      flat: count(6),
      b: [7, 8],
      table: [
        [0, 0],
        [1, 2],
      ],
    };
    const layers = await map(weights, {
      layers: [
        { kind: "embedding", name: "e", weights: { weights: "table" }, options: { maskZero: true } },
        { kind: "masking", options: { maskValue: 3 } },
        { kind: "dropout" },
        { kind: "dense", layout: "pytorch", weights: { weight: "m", bias: "b" }, options: { activation: "relu" } },
        { kind: "dense", layout: "keras", weights: { kernel: { name: "m", transpose: true }, bias: "b" } },
        { kind: "dense", layout: "keras", weights: { kernel: "flat" }, options: { units: 2 } },
        { kind: "dense", layout: "pytorch", weights: { weight: "flat", bias: "b" } },
      ],
    });
    expect(layers.slice(0, 3)).toMatchObject([
      { kind: "embedding", name: "e", vocabulary: 2, maskZero: true },
      { kind: "masking", maskValue: 3 },
      { kind: "dropout", name: "dropout_2" },
    ]);
    const turned = [
      [1, 4],
      [2, 5],
      [3, 6],
    ];
    expect(layers.slice(3)).toEqual([
      dense({ units: 2, kernel: turned, bias: [7, 8], activation: "relu", name: "dense_3" }),
      dense({ units: 2, kernel: turned, bias: [7, 8], name: "dense_4" }),
      dense({ units: 2, kernel: count(6), name: "dense_5" }),
      dense({ units: 2, kernel: turned, bias: [7, 8], name: "dense_6" }),
    ]);
  });

  it("scales and checks numbers, for all arrays or one", async () => {
    const layer = (weights: object) => ({ kind: "dense", layout: "keras", weights });
    const mapping = (weights: object) => ({ scale: 0.5, dtype: "int8", layers: [layer(weights)] });
    const source = { k: [[-128, 127]], b: [1, 2], f: [0.5, 1], big: [128, 0] };
    expect(await map(source, mapping({ kernel: "k", bias: { name: "b", scale: 2 } }))).toMatchObject([
      { kernel: Float32Array.of(-64, 63.5), bias: Float32Array.of(2, 4) },
    ]);
    await expect(map(source, mapping({ kernel: "k", bias: "f" }))).rejects.toThrow(
      "f, element 0: expected an int8, got 0.5",
    );
    await expect(map(source, mapping({ kernel: "k", bias: "big" }))).rejects.toThrow(
      "big, element 0: expected an int8, got 128",
    );
    expect(await map(source, mapping({ kernel: "k", bias: { name: "big", dtype: "uint8" } }))).toHaveLength(1);
  });

  it("says what the layers are to each other, and which framework they come from", async () => {
    const layers = [{ kind: "dropout" }, { kind: "dropout" }];
    const about = async (more: object) => {
      const { semantics, noChain } = await readJson(json({}), { mapping: { layers, ...more } as Mapping });
      return [semantics, noChain];
    };
    expect(await about({ layout: "tf1" })).toEqual(["tf1", null]);
    expect(await about({ semantics: "keras-jax", layout: "onnx" })).toEqual(["keras-jax", null]);
    expect(await about({ chain: false })).toEqual([
      "keras",
      "the mapping says that its layers are not one after the other",
    ]);
  });

  it("reads npz files and checkpoints too", async () => {
    const weights = {
      weight_ih: "weight_ih_l0",
      weight_hh: "weight_hh_l0",
      bias_ih: "bias_ih_l0",
      bias_hh: "bias_hh_l0",
    };
    const mapping: Mapping = {
      layers: [{ kind: "gru", layout: "pytorch", weights, options: { returnSequences: true } }],
    };
    const [plain] = layersOf(await readCheckpoint(fixture("pytorch/plain.pt")), ".");
    for (const made of [
      await readCheckpoint(fixture("pytorch/plain.pt"), { mapping }),
      await readNpz(fixture("pytorch/plain.npz"), { mapping }),
    ]) {
      expect(made.parts.flatMap(({ layers }) => layers)).toEqual([{ ...plain, name: "gru_0" }]);
      expect([made.semantics, made.noChain, made.parts[0].parameters]).toEqual(["pytorch", null, 81]);
    }
  });

  it("leaves alone what it does not name, objects among it", async () => {
    const objects = fixture("numpy/objects.npy").bytes;
    const kernel = writeNpy({ data: Float32Array.of(1, 2), shape: [1, 2] });
    const bytes = zipSync({ "o.npy": objects, "k.npy": kernel }, { level: 0 });
    const read = (name: string) =>
      readNpz(
        { name: "x.npz", bytes },
        { mapping: { layers: [{ kind: "dense", layout: "keras", weights: { kernel: name } }] } },
      );
    expect((await read("k")).parts[0].layers).toMatchObject([{ inputs: 1, units: 2 }]);
    await expect(read("o")).rejects.toThrow("x.npz, o.npy: expected numbers (f2, f4, f8");
  });

  const one = (layer: object, more: object = {}) => ({ ...more, layers: [layer] });
  const denseLayer = (weights: object, more: object = {}) => one({ kind: "dense", layout: "keras", weights, ...more });
  it.each([
    ["no object", [], "mapping.layers: expected a list of at least one layer"],
    ["an unknown key", one({ kind: "dropout" }, { order: 1 }), "mapping: expected one of layers, semantics"],
    ["unknown semantics", one({ kind: "dropout" }, { semantics: "torch" }), "mapping.semantics: expected one of tf1"],
    ["no layers", { layers: [] }, "mapping.layers: expected a list"],
    ["no kind", one({}), "mapping.layers[0].kind: expected one of embedding, masking, gru"],
    [
      "an unknown kind",
      one({ kind: "lstm" }),
      'expected one of embedding, masking, gru, bidirectional, dense, dropout, got "lstm"',
    ],
    ["an unknown layout", one({ kind: "gru", layout: "cudnn" }), "mapping.layers[0].layout: expected one of keras"],
    ["no layout", one({ kind: "gru", weights: {} }), "keras, pytorch, onnx or tf1 (shapes do not tell), got none"],
    [
      "a name twice",
      {
        layers: [
          { kind: "dropout", name: "d" },
          { kind: "dropout", name: "d" },
        ],
      },
      "a text that no other layer has",
    ],
    [
      "weights of another layout",
      denseLayer({ weight: "k" }),
      'mapping.layers[0].weights: expected one of kernel, bias, got "weight"',
    ],
    [
      "a scale of 0",
      denseLayer({ kernel: { name: "k", scale: 0 } }),
      "weights.kernel.scale: expected a number other than 0, got 0",
    ],
    [
      "an unknown dtype",
      denseLayer({ kernel: { name: "k", dtype: "int4" } }),
      "weights.kernel.dtype: expected one of int8",
    ],
    [
      "an array that is not there",
      denseLayer({ kernel: "w" }),
      'weights.kernel: expected one of k, r, b, rb, both, got "w"',
    ],
    ["an array by a number", denseLayer({ kernel: 1 }), "weights.kernel: expected options, got 1"],
    [
      "an array without a name",
      denseLayer({ kernel: {} }),
      "weights.kernel: expected the name of an array, got undefined",
    ],
    [
      "a shape that does not fit",
      denseLayer({ kernel: { name: "k", shape: [5, 5] } }),
      "expected a shape of 18 numbers, got [5,5]",
    ],
    [
      "a flat array to transpose",
      denseLayer({ kernel: { name: "k", transpose: true } }),
      "expected a matrix to transpose, got [18]",
    ],
    [
      "weights among the options",
      denseLayer({ kernel: "k" }, { options: { bias: [1] } }),
      'expected no weights and no name, got "bias"',
    ],
    ["an unknown option", denseLayer({ kernel: "both" }, { options: { use_bias: false } }), 'got "use_bias"'],
    [
      "a missing weight",
      one({ kind: "gru", layout: "pytorch", weights: { weight_ih: "k" } }),
      "fromPyTorch.weight_hh: expected a tensor, got none",
    ],
    [
      "attributes elsewhere",
      denseLayer({ kernel: "k" }, { attributes: {} }),
      "attributes: expected none but for a gru in the onnx layout",
    ],
    [
      "one direction",
      one({ kind: "bidirectional", layout: "keras", forward: {} }),
      "layers[0].backward: expected an object, got undefined",
    ],
    [
      "a direction of a gru",
      one({ kind: "gru", layout: "keras", forward: {} }),
      "layers[0].forward: expected none, got Object",
    ],
  ])("is refused with %s", async (_, mapping, message) => {
    await expect(map(arrays, mapping)).rejects.toThrow(
      expect.objectContaining({ name: "CongruentError", message: expect.stringContaining(message as string) }),
    );
  });
});

describe("JSON", () => {
  it.each([
    ["no JSON", "{", "w.json: expected JSON, got"],
    ["a key twice", '{"a":[1],"a":[2]}', "expected every key once"],
    ["a list", "[1]", "expected an object of arrays by name, got Array(1)"],
    ["a hundred levels", `{"a":${"[".repeat(100)}${"]".repeat(100)}}`, "expected at most 16 levels, got more"],
    ["four million short numbers", `{"a":[${"1,".repeat(4_000_000)}1]}`, "and 2300000 numbers, got 2, 1 and 4000000"],
    ["two million lists", `{"a":[${"[],".repeat(2_000_000)}[]]}`, "expected at most 250000 lists, 20000 keys and"],
  ])("is refused: %s", async (_, text, message) => {
    await expect(readJson({ name: "w.json", bytes: strToU8(text) })).rejects.toThrow(
      expect.objectContaining({ code: "file", message: expect.stringContaining(message) }),
    );
  });

  it.each([
    ["ragged rows", [[1, 2], [3]], "k[1]: expected 2 elements, got Array(1)"],
    ["a text among numbers", [[1, "2"]], 'k[0][1]: expected a number, got "2"'],
    ["a shape of other data", { data: [1, 2], shape: [3] }, "k.shape: expected whole numbers for 2 elements, got [3]"],
  ])("is refused when it is read: %s", async (_, k, message) => {
    await expect(
      map({ k }, { layers: [{ kind: "dense", layout: "keras", weights: { kernel: "k" } }] }),
    ).rejects.toThrow(message);
  });
});

describe("docs/mapping.md", () => {
  const page = readFileSync(new URL("../../docs/mapping.md", import.meta.url), "utf8");
  const examples = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => text);

  it("has mappings that are mappings", () => {
    expect(examples).toHaveLength(2);
    for (const text of examples) expect(checkMapping(JSON.parse(text)).layers.length).toBeGreaterThan(1);
  });
});
