import { describe, expect, it } from "vitest";
import type { ForeignFile, ForeignModel } from "../../src/convert/foreign.ts";
import { read as readJson } from "../../src/convert/json/read.ts";
import { read as readNpz } from "../../src/convert/npz/read.ts";
import { read } from "../../src/convert/pytorch/read.ts";
import { read as readSafetensors } from "../../src/convert/safetensors/read.ts";
import type { StateDictOptions } from "../../src/convert/state-dict/read.ts";
import type { GruLayer } from "../../src/layers/layer.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation } from "../models/files.ts";
import { fixture, layersOf, partNamed } from "./files.ts";

interface Shaped {
  readonly data: number[];
  readonly shape: number[];
}
interface Recorded {
  readonly input: Shaped;
  readonly hidden?: Shaped | null;
  readonly output: Shaped;
  readonly state: Shaped;
  readonly lengths: number[];
  readonly packedOutput: Shaped;
  readonly packedState: Shaped;
}
const { models } = JSON.parse(new TextDecoder().decode(fixture("pytorch/expected.json").bytes)) as {
  models: Record<string, Recorded>;
};
const torch = (name: string, options?: StateDictOptions) => read(fixture(`pytorch/${name}`), options);

/** PyTorch sums in another order, over at most 6 features and 5 steps of values below 1. */
const tolerance = 5e-7;

const files: [file: string, part: string, model: string, read: (file: ForeignFile) => Promise<ForeignModel>][] = [
  ["plain.pt", ".", "plain", read],
  ["plain-protocol5.pt", ".", "plain", read],
  ["plain-nocrc.pt", ".", "plain", read],
  ["parameters.pt", ".", "plain", read],
  ["checkpoint.pt", ".", "plain", read],
  ["plain.npz", ".", "plain", readNpz],
  ["plain-compressed.npz", ".", "plain", readNpz],
  ["plain.safetensors", ".", "plain", readSafetensors],
  ["bidirectional.safetensors", "encoder.rnn", "bidirectional", readSafetensors],
  ["half.safetensors", ".", "half", readSafetensors],
  ["bfloat.safetensors", ".", "bfloat", readSafetensors],
  ["double.safetensors", ".", "double", readSafetensors],
  ["bidirectional.pt", "encoder.rnn", "bidirectional", read],
  ["nobias.pt", ".", "nobias", read],
  ["half.pt", ".", "half", read],
  ["bfloat.pt", ".", "bfloat", read],
  ["double.pt", ".", "double", read],
  ["strided.pt", ".", "strided", read],
  ["others.pt", "gru", "plain", read],
];

describe.each(engineTable)("a GRU of torch 2.13, %s", (_, { createModel }) => {
  it.each(files)("%s", async (file, part, name, load) => {
    const model = createModel(layersOf(await load(fixture(`pytorch/${file}`)), part));
    const { input, hidden, output, state, lengths, packedOutput, packedState } = models[name];
    const [rows, units] = state.shape.slice(1);
    const initialState = hidden
      ? Array.from({ length: state.shape[0] }, (_, slot) => ({
          data: Float32Array.from(hidden.data.slice(slot * rows * units, (slot + 1) * rows * units)),
          shape: [rows, units],
        }))
      : undefined;
    const states = (result: ReturnType<typeof model.run>) => result.states.flatMap(({ data }) => [...data]);

    const plain = model.run(input, { semantics: "pytorch", initialState });
    expect(plain.outputs.shape).toEqual(output.shape);
    expect(deviation(plain.outputs.data, output.data)).toBeLessThanOrEqual(tolerance);
    expect(deviation(states(plain), state.data)).toBeLessThanOrEqual(tolerance);

    const packed = model.run(input, { semantics: "pytorch", initialState, lengths });
    expect(deviation(packed.outputs.data, packedOutput.data)).toBeLessThanOrEqual(tolerance);
    expect(deviation(states(packed), packedState.data)).toBeLessThanOrEqual(tolerance);
  });

  it("a GRUCell, which is a GRU of one step", async () => {
    const { input, output, state } = models.cell;
    const model = createModel(layersOf(await torch("cell.pt"), "decoder.cell"));
    const { outputs, states } = model.run(input, { semantics: "pytorch" });
    expect(deviation(outputs.data, output.data)).toBeLessThanOrEqual(tolerance);
    expect(deviation(states[0].data, state.data)).toBeLessThanOrEqual(tolerance);
  });

  const chain = [{ kind: "embedding", prefix: "embedding" }, { kind: "linear", prefix: "fc" }, { kind: "sigmoid" }];
  it.each([
    ["tagger.pt", "", read],
    ["tagger.json", "", readJson],
    ["tagger-parallel.pt", "module.", read],
  ])("%s: an embedding, the GRU and a linear, as asked", async (file, path, load) => {
    const head = chain.map(({ kind, prefix }) => (prefix ? { kind, prefix: path + prefix } : { kind }));
    const { parts, noChain, semantics } = await load(fixture(`pytorch/${file}`), { head });
    expect(parts.map(({ name, kind }) => [name, kind])).toEqual([
      [`${path}embedding`, "Embedding"],
      [`${path}gru`, "GRU"],
      [`${path}fc`, "Linear"],
    ]);
    expect([noChain, semantics]).toEqual([null, "pytorch"]);
    const { input, output } = models.tagger;
    const model = createModel(parts.flatMap(({ layers }) => layers ?? []));
    const { outputs } = model.run({ data: Int32Array.from(input.data), shape: input.shape });
    expect(outputs.shape).toEqual(output.shape);
    expect(deviation(outputs.data, output.data)).toBeLessThanOrEqual(tolerance);
  });
});

describe("the weights of a state dict", () => {
  const weights = async (file: string, part = ".") => (layersOf(await torch(file), part)[0] as GruLayer).weights;

  it("are the same bits in every kind of file", async () => {
    const wanted = await weights("plain.pt");
    for (const file of ["checkpoint.pt", "parameters.pt", "plain-protocol5.pt", "plain-nocrc.pt"]) {
      expect(await weights(file), file).toEqual(wanted);
    }
    const safetensors = await readSafetensors(fixture("pytorch/plain.safetensors"));
    expect((layersOf(safetensors, ".")[0] as GruLayer).weights).toEqual(wanted);
    for (const file of ["plain.npz", "plain-compressed.npz"]) {
      const npz = await readNpz(fixture(`pytorch/${file}`));
      expect((layersOf(npz, ".")[0] as GruLayer).weights, file).toEqual(wanted);
    }
  });

  it("may be whole numbers", async () => {
    const { bias } = await weights("integers.pt");
    // r|z|n of 0..8 → z|r|n
    expect([...(bias ?? [])]).toEqual([3, 4, 5, 0, 1, 2, 6, 7, 8]);
  });

  it("are counted", async () => {
    const { parts, ...about } = await torch("bidirectional.pt");
    expect(about).toEqual({
      format: "pytorch",
      framework: "pytorch",
      version: null,
      semantics: "pytorch",
      noChain: null,
    });
    expect(parts).toHaveLength(1);
    expect(parts[0]).toMatchObject({ name: "encoder.rnn", kind: "GRU", parameters: 360, bytes: 1440, refusal: null });
    expect(parts[0].layers?.map(({ name }) => name)).toEqual(["encoder.rnn.l0", "encoder.rnn.l1"]);
    expect((await torch("half.pt")).parts[0]).toMatchObject({ parameters: 81, bytes: 162 });
  });

  it("can end with the last output alone", async () => {
    const model = await torch("bidirectional.pt", { returnSequences: false });
    expect(layersOf(model, "encoder.rnn")).toMatchObject([
      { forward: { returnSequences: true } },
      { forward: { returnSequences: false }, backward: { returnSequences: false } },
    ]);
  });
});

describe("what is no GRU", () => {
  it("is a refused part, by name", async () => {
    const model = await torch("others.pt");
    const refusals = Object.fromEntries(model.parts.map(({ name, kind, refusal }) => [name, `${kind}: ${refusal}`]));
    expect(refusals).toEqual({
      gru: "GRU: null",
      lstm: "LSTM: it is an LSTM (lstm.weight_hh_l0 is [12, 3]); only GRUs are read",
      projected: "LSTM: it is an LSTM with projections; only GRUs are read",
      rnn: "RNN: it is a plain RNN (rnn.weight_hh_l0 is [3, 3]); only GRUs are read",
      lstmcell: "LSTMCell: it is an LSTM (lstmcell.weight_hh is [12, 3]); only GRUs are read",
      conv: "Conv1d: a state dict does not say what uses conv.weight [1, 1, 3], conv.bias [1]; no layer here takes them",
      bn: expect.stringContaining("BatchNorm: a state dict does not say what uses bn.weight [3], bn.bias [3]"),
      ".": "parameters: a state dict does not say what uses mask [3], steps []; no layer here takes them",
    });
    expect(model.noChain).toContain("does not say how its 8 modules are connected; it has 1 GRU (gru)");
  });

  it.each([
    ["quantised", "real numbers that are neither quantised nor 8 bits, got torch.qint8"],
    ["complex", "got torch.complex64"],
    ["float8", "got torch.float8_e4m3fn"],
    ["bool", "got torch.bool"],
    ["sparse", "a dense tensor with its numbers, got a sparse tensor"],
    ["meta", "got a tensor on the meta device"],
    ["long", "a whole number within ±16777216 (float32 has no more), got 16777217"],
  ])("a GRU with %s weights is refused", async (name, message) => {
    const { layers, refusal } = partNamed(await torch(`odd-${name}.pt`), ".");
    expect([layers, refusal]).toEqual([null, expect.stringContaining(message)]);
  });

  it.each([
    ["odd-negated.pt", "unsupported", 'expected a tensor as it is stored, got one with "neg"'],
    ["module.pt", "unsupported", "expected no code, got the Python object __main__.Tagger; save the numbers alone"],
    ["legacy.pt", "unsupported", 'save it again with a newer PyTorch: torch.save(torch.load(path, map_location="cpu")'],
    ["script.pt", "unsupported", "TorchScript, which is a program; save the numbers alone: torch.save(torch.jit.load"],
    ["empty.pt", "unsupported", "expected a dict of tensors by name, got a list of 3"],
    ["plain.npz", "file", "expected one data.pkl, as torch.save writes, got 0"],
    ["expected.json", "file", "expected a zip file"],
  ])("%s is refused", async (file, code, message) => {
    await expect(torch(file)).rejects.toThrow(
      expect.objectContaining({ name: "CongruentError", code, message: expect.stringContaining(message) }),
    );
  });
});

describe("heads", () => {
  it("may list several GRUs in order", async () => {
    const head = [{ kind: "gru", prefix: "gru" }, { kind: "linear", prefix: "fc" }, { kind: "softmax" }];
    const { parts, noChain } = await torch("tagger.pt", { head, returnSequences: false });
    expect(parts.map(({ name, layers }) => [name, layers?.[0].kind])).toEqual([
      ["gru", "gru"],
      ["fc", "dense"],
      ["embedding", undefined],
    ]);
    expect(noChain).toBe("not in the chain that was asked for: embedding");
    expect(parts[0].layers?.[0]).toMatchObject({ returnSequences: false });
    expect(parts[1].layers?.[0]).toMatchObject({ activation: "softmax", inputs: 3, units: 2 });
  });

  it.each([
    ["no list", "fc", "head: expected a list of { kind, prefix }"],
    [
      "an unknown kind",
      [{ kind: "conv", prefix: "fc" }],
      "head[0].kind: expected embedding, gru, linear or an activation",
    ],
    ["no path", [{ kind: "linear" }], "head[0].prefix: expected a module's path, got undefined"],
    ["a path that is not there", [{ kind: "linear", prefix: "out" }], 'expected one of embedding, fc, got "out"'],
    ["a GRU for a linear", [{ kind: "linear", prefix: "gru" }], 'expected one of embedding, fc, got "gru"'],
    ["a linear for a GRU", [{ kind: "gru", prefix: "fc" }], 'expected one of gru, got "fc"'],
    ["an activation first", [{ kind: "relu" }], "expected a linear before an activation, got relu behind nothing"],
    ["an activation with a path", [{ kind: "relu", prefix: "x" }], 'expected none for relu, got "x"'],
  ])("refuse %s", async (_, head, message) => {
    await expect(torch("tagger.pt", { head } as StateDictOptions)).rejects.toThrow(
      expect.objectContaining({ code: "option", message: expect.stringContaining(message) }),
    );
  });

  it("refuse a choice that nobody made", async () => {
    await expect(torch("module.pt")).rejects.toThrow("__main__.Tagger");
    await expect(torch("empty.pt", { heads: [] } as object)).rejects.toThrow();
    await expect(torch("plain.pt", { heads: [] } as object)).rejects.toThrow(
      'pytorch: expected one of head, returnSequences, got "heads"',
    );
  });
});
