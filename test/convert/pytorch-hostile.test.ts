import { strToU8, zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { read } from "../../src/convert/pytorch/read.ts";

/** A pickle, instruction by instruction, in the text and bytes of protocol 2. */
type Code = string | number | readonly Code[];
const assemble = (code: Code): number[] =>
  typeof code === "number" ? [code] : typeof code === "string" ? [...strToU8(code)] : code.flatMap(assemble);
const text = (value: string): Code => ["X", value.length, 0, 0, 0, value];
const int = (value: number): Code => ["J", [0, 8, 16, 24].map((shift) => (value >> shift) & 255)];
const ints = (values: readonly number[]): Code => ["(", values.map(int), "t"];
const dict = (...pairs: readonly [string, Code][]): Code => [
  "}(",
  pairs.map(([key, value]) => [text(key), value]),
  "u",
];

const storage = (length: number, { key = "0", type = "FloatStorage" } = {}): Code => [
  ["(", text("storage"), `ctorch\n${type}\n`, text(key), text("cpu"), int(length), "t"],
  "Q",
];
const tensor = (shape: readonly number[], stride: readonly number[], { offset = 0, of = storage(60) } = {}): Code => [
  "ctorch._utils\n_rebuild_tensor_v2\n",
  ["(", of, int(offset), ints(shape), ints(stride), 0x89, "}t"],
  "R",
];
/** The dict of a GRU of one unit and one input; each value may be another. */
const stateDict = (change: Record<string, Code> = {}): Code => {
  const matrix = tensor([3, 1], [1, 1]);
  return dict(...Object.entries({ weight_ih_l0: matrix, weight_hh_l0: matrix, ...change }));
};

function checkpoint(code: Code, entries: Record<string, Uint8Array> = {}, level: 0 | 9 = 0): Uint8Array {
  return zipSync(
    {
      "x/data.pkl": Uint8Array.from([0x80, 2, ...assemble(code), 0x2e]),
      "x/data/0": new Uint8Array(Float32Array.from({ length: 60 }, (_, i) => i).buffer),
      ...entries,
    },
    { level },
  );
}
const load = (code: Code, entries?: Record<string, Uint8Array>) =>
  read({ name: "x.pt", bytes: checkpoint(code, entries) });

describe("a checkpoint by hand", () => {
  it("is read as long as it is sound", async () => {
    const { parts } = await load(stateDict({ weight_ih_l0: tensor([3, 2], [1, 20], { offset: 5 }) }));
    expect(parts).toMatchObject([{ name: ".", kind: "GRU", refusal: null, parameters: 9 }]);
    const [layer] = parts[0].layers ?? [];
    // r|z|n of rows [5, 25], [6, 26], [7, 27] → columns z|r|n
    expect(layer).toMatchObject({ weights: { kernel: Float32Array.of(6, 5, 7, 26, 25, 27) } });
  });

  it("may be of a big-endian machine", async () => {
    const data = new Uint8Array(240);
    for (let i = 0; i < 60; i++) new DataView(data.buffer).setFloat32(4 * i, i);
    const { parts } = await load(stateDict(), { "x/data/0": data, "x/byteorder": strToU8("big") });
    expect(parts[0].layers?.[0]).toMatchObject({ weights: { kernel: Float32Array.of(1, 0, 2) } });
  });

  it("may hold itself, and what it holds is found once", async () => {
    const { parts } = await load(["}q", 7, text("again"), "h", 7, "s", text("model"), stateDict(), "s"]);
    expect(parts).toMatchObject([{ name: ".", kind: "GRU" }]);
  });

  it("keeps two models apart", async () => {
    const { parts, noChain } = await load(dict(["model", stateDict()], ["ema", stateDict()]));
    expect(parts.map(({ name }) => name)).toEqual(["model", "ema"]);
    expect(noChain).toContain("2 GRUs (model, ema)");
  });

  it("passes over an optimizer", async () => {
    const state = dict(["exp_avg", tensor([3, 1], [1, 1])]);
    const { parts } = await load(dict(["net", stateDict()], ["opt", dict(["state", state], ["param_groups", "]"])]));
    expect(parts.map(({ name }) => name)).toEqual(["."]);
  });

  const system = (module: string, name: string, call: Code = ["(", text("echo"), "tR"]): Code => [
    `c${module}\n${name}\n`,
    call,
  ];
  it.each<[string, Code, string]>([
    ["os.system", system("os", "system"), "the Python object os.system"],
    ["eval", system("builtins", "eval"), "the Python object builtins.eval"],
    ["exec of Python 2", system("__builtin__", "execfile"), "the Python object __builtin__.execfile"],
    ["getattr", system("builtins", "getattr"), "the Python object builtins.getattr"],
    ["torch.load", system("torch.serialization", "load"), "the Python object torch.serialization.load"],
    [
      "_load_from_bytes",
      system("torch.storage", "_load_from_bytes"),
      "the Python object torch.storage._load_from_bytes",
    ],
    ["a hub", system("torch.hub", "load"), "the Python object torch.hub.load"],
    ["a class by NEWOBJ", ["c__main__\nEvil\n)", 0x81, "}b"], "the Python object __main__.Evil"],
    ["a tensor with a state", [tensor([3, 1], [1, 1]), "}b"], "no object with a state, got one for a tensor"],
    ["a list with a state", ["]}b"], "no object with a state, got one for a list of 0"],
    [
      "a class that is called",
      ["ctorch\nFloatStorage\n)R"],
      "no calls but those that make tensors, got one of torch.FloatStorage",
    ],
  ])("cannot run %s", async (_, code, message) => {
    await expect(load(stateDict({ extra: code }))).rejects.toThrow(
      expect.objectContaining({
        name: "CongruentError",
        code: "unsupported",
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each<[string, Code, string]>([
    [
      "a storage that is not there",
      tensor([3, 1], [1, 1], { of: storage(60, { key: "9" }) }),
      "expected an entry x/data/9",
    ],
    [
      "a storage of another file",
      tensor([1], [1], { of: storage(60, { key: "../data.pkl" }) }),
      "an entry x/data/../data.pkl",
    ],
    [
      "a storage of no type",
      tensor([3, 1], [1, 1], { of: storage(60, { type: "float32" }) }),
      "a type of storage, got torch.float32",
    ],
    [
      "one storage as two",
      [tensor([1], [1]), "0", tensor([1], [1], { of: storage(30, { type: "DoubleStorage" }) })],
      "storage 0 as before",
    ],
    ["no storage", tensor([1], [1], { of: "N" }), "expected a tensor's storage, got null"],
    ["a persistent id of its own", ["NQ"], "a storage, its type, key, device and length, got null"],
    ["an end beyond the storage", tensor([3, 1], [30, 1]), "expected numbers inside storage 0 (60), got one at 60"],
    ["an offset beyond it", tensor([1], [1], { offset: 60 }), "got one at 60"],
    ["a negative offset", tensor([1], [1], { offset: -1 }), "an offset, and a stride for each axis"],
    ["a negative stride", tensor([2], [-1]), "expected a tuple of sizes"],
    ["a negative size", tensor([-2], [1]), "expected a tuple of sizes"],
    ["strides that are missing", tensor([3, 1], [1]), "a stride for each axis, got [3, 1] and [1]"],
    ["33 axes", tensor(new Array(33).fill(1), new Array(33).fill(1)), "a stride for each axis"],
    ["more numbers than a double counts", tensor([2 ** 30, 2 ** 30], [0, 0]), "expected numbers inside storage 0"],
    [
      "a parameter of nothing",
      ["ctorch._utils\n_rebuild_parameter\n(N", 0x88, "}tR"],
      "a parameter's tensor, got null",
    ],
    ["an OrderedDict of no pairs", ["ccollections\nOrderedDict\n(K", 1, "tR"], "a list of pairs, got 1"],
    [
      "an OrderedDict of triples",
      ["ccollections\nOrderedDict\n(]", ints([1, 2, 3]), "atR"],
      "a pair, got a tuple of 3",
    ],
  ])("is refused with %s", async (_, code, message) => {
    await expect(load(stateDict({ extra: code }))).rejects.toThrow(
      expect.objectContaining({ name: "CongruentError", message: expect.stringContaining(message) }),
    );
  });

  it.each([59, 61])("is refused with a storage of 60 numbers that says %i", async (length) => {
    const matrix = tensor([3, 1], [1, 1], { of: storage(length) });
    await expect(load(dict(["weight_ih_l0", matrix]))).rejects.toThrow(
      `expected ${4 * length} bytes in storage 0, got 240`,
    );
  });

  it("cannot show a small storage as a giant", async () => {
    const giant = tensor([30_000, 10_000], [0, 0]);
    await expect(load(stateDict({ weight_ih_l0: giant }))).rejects.toThrow(
      /at most \d+ numbers more, got \[30000, 10000\]/,
    );
  });

  it("cannot show a small storage as many", async () => {
    const wide = tensor([3, 1_000_000], [0, 0]);
    const many = Array.from({ length: 3 }, (_, i): [string, Code] => [`m${i}.weight_ih_l0`, wide]);
    const others = Array.from({ length: 3 }, (_, i): [string, Code] => [`m${i}.weight_hh_l0`, tensor([3, 1], [1, 1])]);
    await expect(load(dict(...many, ...others))).rejects.toThrow(/at most \d+ numbers more/);
  });

  it.each<[string, Record<string, Uint8Array>, string, string]>([
    ["a byte order of its own", { "x/byteorder": strToU8("middle") }, "file", 'expected little or big, got "middle"'],
    ["a version of the future", { "x/version": strToU8("11\n") }, "unsupported", 'expected at most 10, got "11"'],
    ["two pickles", { "y/data.pkl": new Uint8Array(1) }, "file", "expected one data.pkl, as torch.save writes, got 2"],
    ["TorchScript", { "x/constants.pkl": new Uint8Array(1) }, "unsupported", "got TorchScript, which is a program"],
    ["torch.export", { "x/archive_format": strToU8("pt2") }, "unsupported", "torch.export's .pt2"],
  ])("is refused with %s", async (_, entries, code, message) => {
    await expect(load(stateDict(), entries)).rejects.toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it("is refused as a bomb", async () => {
    const zeros = new Uint8Array(40_000_000);
    const matrix = tensor([3, 1], [1, 1], { of: storage(10_000_000) });
    const weights = { weight_ih_l0: matrix, weight_hh_l0: matrix };
    const bytes = checkpoint(stateDict(weights), { "x/data/0": zeros }, 9);
    expect(bytes.length).toBeLessThan(100_000);
    await expect(read({ name: "x.pt", bytes })).rejects.toThrow("bytes more in this file, got 40000000");
  });

  it("is refused as a bare pickle", async () => {
    const bytes = Uint8Array.from([0x80, 2, ...assemble(system("os", "system")), 0x2e]);
    await expect(read({ name: "x.pkl", bytes })).rejects.toThrow("expected a zip file of torch.save, got a pickle");
  });
});
