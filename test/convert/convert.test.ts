import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { convert } from "../../src/convert/convert.ts";
import { detect } from "../../src/convert/detect.ts";
import type { ForeignModel, Part } from "../../src/convert/foreign.ts";
import { inspect } from "../../src/convert/inspect.ts";
import { readForeign } from "../../src/convert/load.ts";
import { writeNpy } from "../../src/convert/npz/npy.ts";
import { selectLayers } from "../../src/convert/select.ts";
import { CongruentError } from "../../src/errors.ts";
import { readModelFile } from "../../src/format/model-file.ts";
import { writeModel } from "../../src/format/write.ts";
import { dense } from "../../src/layers/dense.ts";
import { gru } from "../../src/layers/gru.ts";
import { gruOptions } from "../stacks.ts";

const fixtures = new URL("fixtures/", import.meta.url);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The files that the frameworks wrote, by the format that their folder stands for. */
const written = readdirSync(fixtures, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(h5|hdf5|keras|pt|pth|onnx|npz|safetensors|pb|index)$|model\.json$/.test(path))
  .map((path) => ({ name: path, bytes: new Uint8Array(readFileSync(new URL(path, fixtures))) }));

function formatOf(name: string): string {
  if (/\.(h5|hdf5)$/.test(name)) return "keras-h5";
  if (name.endsWith(".keras")) return "keras-v3";
  if (name.endsWith(".onnx")) return "onnx";
  if (/\.(pb|index)$/.test(name)) return "tf1";
  if (name.endsWith(".npz")) return "npz";
  if (name.endsWith(".safetensors")) return "safetensors";
  return name.endsWith(".json") ? "tfjs-layers" : "pytorch";
}

describe("detect", () => {
  it("has files of every framework to look at", () => {
    expect([...new Set(written.map(({ name }) => formatOf(name)))].sort()).toEqual(
      ["keras-h5", "keras-v3", "npz", "onnx", "pytorch", "safetensors", "tf1", "tfjs-layers"].sort(),
    );
  });

  it.each(written.map((file) => [file.name, file] as const))("%s", async (name, file) => {
    expect(await detect(file)).toBe(formatOf(name));
  });

  it("needs no name where the bytes tell", async () => {
    for (const { name, bytes } of written) {
      const format = formatOf(name);
      // Protocol Buffers begin with whatever they hold.
      if (format !== "tf1") expect(await detect({ name: "model", bytes }), name).toBe(format);
    }
  });

  it("knows our own files, and weights in JSON", async () => {
    const own = writeModel([dense({ units: 1, kernel: [[1]] })]);
    expect(await detect({ name: "a.safetensors", bytes: own })).toBe("congruent");
    expect(await detect({ name: "a.json", bytes: bytesOf('{"w": [[1]]}') })).toBe("json");
  });

  // biome-ignore format: a table
  const bad: [what: string, bytes: Uint8Array, message: RegExp][] = [
    ["nothing", new Uint8Array(0), /expected a file of Keras.*got an empty file/],
    ["noise", bytesOf("hello"), /got something else/],
    ["one NumPy array", writeNpy({ data: Float32Array.of(1), shape: [1] }), /one NumPy array: save the weights by name/],
    ["GGUF", bytesOf("GGUF\u0003"), /got GGUF/],
    ["TensorFlow Lite", Uint8Array.of(28, 0, 0, 0, 84, 70, 76, 51), /TensorFlow Lite/],
    ["a pickle", Uint8Array.of(0x80, 4, 0x95), /got a pickle/],
    ["a graph as text", bytesOf("node {\n  name: \"x\"\n}"), /a graph as text \(\.pbtxt\): save it as \.pb/],
    ["a damaged zip", Uint8Array.of(0x50, 0x4b, 3, 4), /expected/],
  ];
  it.each(bad)("refuses %s, and says what it is", async (_, bytes, message) => {
    const refused = detect({ name: "model", bytes });
    await expect(refused).rejects.toThrow(CongruentError);
    await expect(refused).rejects.toThrow(message);
  });
});

describe("readForeign", () => {
  const [file] = written.filter(({ name }) => name.endsWith(".onnx"));

  it("refuses what has no meaning for a format, and a format that nobody knows", async () => {
    await expect(readForeign(file, { config: "{}" })).rejects.toThrow(
      /: config: expected none for a file of onnx, got one/,
    );
    await expect(readForeign(file, { format: "toString" as never })).rejects.toThrow(
      /format: expected one of congruent, keras-h5/,
    );
  });

  it("reads a file as what it is said to be", async () => {
    await expect(readForeign(file, { format: "keras-h5" })).rejects.toThrow(CongruentError);
    expect((await readForeign(file, { format: "onnx" })).format).toBe("onnx");
  });
});

describe("selectLayers", () => {
  const layer = (name: string) => gru({ ...gruOptions(2, 2), returnSequences: true, name });
  const part = (name: string, refusal: string | null = null): Part => ({
    name,
    kind: refusal ? "Conv" : "GRU",
    layers: refusal ? null : [layer(name)],
    refusal,
    parameters: 1,
    bytes: 4,
  });
  const model = (parts: Part[], noChain: string | null = null): ForeignModel => ({
    format: "onnx",
    framework: "test",
    version: null,
    semantics: "onnx",
    parts,
    noChain,
  });
  const names = (given: ForeignModel, selection = {}) =>
    selectLayers(given, selection, "a.onnx").map(({ name }) => name);

  it("takes a whole chain, or the parts that are named, in their order", () => {
    const whole = model([part("a"), part("b")]);
    expect(names(whole)).toEqual(["a", "b"]);
    expect(names(whole, { layer: "b" })).toEqual(["b"]);
    expect(names(whole, { node: ["b", "a"] })).toEqual(["b", "a"]);
    expect(names(model([part("a"), part("c", "it is a Conv")], "no order"), { node: "a" })).toEqual(["a"]);
  });

  // biome-ignore format: a table
  const bad: [what: string, given: ForeignModel, selection: object, message: string][] = [
    ["a part that is not supported", model([part("a"), part("c", "it is a Conv")]), {}, "a.onnx: expected a model that is a chain of layers, got c (Conv): it is a Conv; what can be taken by itself (layer or node): a (GRU)"],
    ["parts that are no chain", model([part("a"), part("b")], "they stand beside each other"), {}, "got they stand beside each other; what can be taken"],
    ["nothing that can be taken", model([part("c", "it is a Conv")]), {}, "it is a Conv; no part can be taken"],
    ["nothing", model([]), {}, "got it holds no layers"],
    ["a name that is not there", model([part("a")]), { layer: "b" }, 'a.onnx: expected a (GRU), got "b"'],
    ["a part that is refused", model([part("c", "it is a Conv")]), { node: "c" }, "a.onnx: c (Conv): it is a Conv"],
    ["a name of two parts", model([part("a"), part("a")]), { node: "a" }, "a.onnx: expected one part a, got 2 of this name"],
    ["many", model(Array.from({ length: 40 }, (_, i) => part(`c${i}`, "no"))), {}, "and 32 more"],
  ];
  it.each(bad)("refuses %s", (_, given, selection, message) => {
    expect(() => names(given, selection)).toThrow(CongruentError);
    expect(() => names(given, selection)).toThrow(message);
  });
});

describe("inspect", () => {
  it("describes every layer of our own", async () => {
    const bytes = writeModel([
      gru({
        ...gruOptions(2, 3),
        bias: new Float32Array(9),
        resetAfter: false,
        clip: 2,
        returnSequences: true,
        activation: { name: "elu", alpha: 0.3 },
      }),
      dense({ units: 1, kernel: [1, 2, 3], activation: "softmax" }),
    ]);
    const { parts, ...about } = await inspect({ name: "a.safetensors", bytes });
    expect(about).toEqual({
      format: "congruent",
      framework: "congruent",
      version: null,
      semantics: "keras",
      parameters: 57,
      bytes: 228,
      noChain: null,
    });
    expect(parts[0]).toMatchObject({
      shape: "2 → 3",
      reset: "before",
      activations: "sigmoid, elu(0.3, 0)",
      options: "returnSequences, clip 2",
    });
    expect(parts[1]).toMatchObject({ shape: "3 → 1", reset: "", activations: "softmax", options: "" });
  });

  it("says why a whole cannot be converted", async () => {
    const { noChain, parts } = await inspect({ name: "w.json", bytes: bytesOf('{"conv.weight": [[[[1]]]]}') });
    expect(noChain).toMatch(/not supported|GRU/);
    expect(parts[0].refusal).toContain("conv");
  });
});

describe("convert", () => {
  it("keeps where a model comes from", async () => {
    const own = writeModel([dense({ units: 1, kernel: [[1]] })], { semantics: "tfjs" });
    const { bytes, model } = await convert({ name: "folder/a.safetensors", bytes: own }, { dtype: "f16" });
    expect(model.format).toBe("congruent");
    const { source, semantics } = readModelFile(bytes);
    expect(semantics).toBe("tfjs");
    // sha256 of the file that was converted.
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", own)).toString("hex");
    expect(source).toEqual({
      format: "congruent",
      framework: "congruent",
      version: null,
      name: "a.safetensors",
      sha256: digest,
    });
  });

  it("refuses an option that nobody knows", async () => {
    await expect(convert({ name: "a", bytes: new Uint8Array(0) }, { fast: true } as never)).rejects.toThrow(
      /convert: expected one of .*, got "fast"/,
    );
  });
});
