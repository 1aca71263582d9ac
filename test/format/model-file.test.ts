import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { toActivationOption } from "../../src/activation.ts";
import { CongruentError } from "../../src/errors.ts";
import { checksum } from "../../src/format/checksum.ts";
import { readModelFile } from "../../src/format/model-file.ts";
import { readSafetensors } from "../../src/format/safetensors.ts";
import { type WriteOptions, writeModel } from "../../src/format/write.ts";
import { writeSafetensors } from "../../src/format/write-safetensors.ts";
import { bidirectional, dense, dropout, embedding, gru, masking, withOperations } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { buildStack } from "../../src/layers/stack.ts";
import { loadModel } from "../../src/load.ts";
import { engineTable } from "../conformance/engines.ts";

const numbers = (size: number, scale = 1) => Float32Array.from({ length: size }, (_, i) => scale * Math.sin(i + 1));
const weights = (inputs: number, units: number) => ({
  units,
  kernel: numbers(3 * inputs * units),
  recurrentKernel: numbers(3 * units * units),
});

/** Every layer, and every option at another value than its default. */
const stacks: Record<string, Layer[]> = {
  tokens: [
    embedding({ weights: [[1], [2], [-3]], maskZero: true, name: "tökens.1" }),
    dropout({ rate: 0.5 }),
    gru({ ...weights(1, 2), bias: numbers(12), returnSequences: true }),
  ],
  options: [
    masking({ maskValue: -1.5 }),
    gru({
      ...weights(2, 3),
      bias: numbers(9),
      recurrentBias: numbers(9, 0.3),
      activation: { name: "leaky_relu", alpha: 0.1 },
      recurrentActivation: "hard_sigmoid_0.2",
      resetAfter: false,
      clip: 0.75,
      returnSequences: true,
      returnState: false,
      goBackwards: true,
      stateful: true,
      zeroOutputForMask: true,
      name: "all",
    }),
    dense({
      units: 2,
      kernel: numbers(6),
      bias: [0.5, -0.5],
      activation: { name: "scaled_tanh", alpha: 2, beta: 0.5 },
    }),
    dense({ units: 3, kernel: numbers(6), activation: "softmax" }),
  ],
  directions: [
    bidirectional({
      forward: { ...weights(2, 2), bias: numbers(12), returnSequences: true, name: "there" },
      backward: { ...weights(2, 3), units: 3, activation: "relu" },
      mergeMode: "none",
    }),
  ],
};

const inputs: Record<string, unknown> = {
  tokens: [
    [1, 2, 0],
    [2, 1, 2],
  ],
  options: [
    [
      [1, 2],
      [-1.5, -1.5],
      [0, 0.5],
    ],
  ],
  directions: [
    [
      [1, 2],
      [0.5, -1],
    ],
  ],
};

const write = (name: string, options?: WriteOptions) => writeModel(stacks[name], options);

/** The same file with another description or other tensors, and the checksum that fits. */
function forge(
  file: Uint8Array,
  change: (description: Record<string, unknown>, tensors: Map<string, unknown>) => unknown,
): Uint8Array {
  const { metadata, tensors } = readSafetensors(file);
  const description = JSON.parse(metadata.congruent);
  const changed = new Map(tensors);
  const text = change(description, changed);
  const congruent = typeof text === "string" ? text : JSON.stringify(description);
  return writeSafetensors({
    metadata: { congruent, "congruent.checksum": checksum(congruent, changed) },
    tensors: changed,
  });
}

describe.each(Object.keys(stacks))("a file of %s", (name) => {
  it("gives the layers that were written, with their names", () => {
    const { layers, semantics, source, test } = readModelFile(write(name));
    expect(withOperations(layers)).toEqual(buildStack(stacks[name]).layers);
    expect([semantics, source, test]).toEqual(["keras", null, null]);
  });

  it.each(engineTable)("gives the same bits on %s, and verifies them", async (_, { createModel }) => {
    const file = write(name, { sample: { input: inputs[name] as never } });
    const model = await loadModel(file, { createModel });
    expect(model.verify()).toEqual({ deviation: 0, tolerance: 0 });
    expect(model.run(inputs[name] as never)).toEqual(createModel(stacks[name]).run(inputs[name] as never));
  });

  it.each(engineTable)("as f16 is half as large, and verifies what that costs, on %s", async (_, { createModel }) => {
    const file = write(name, { dtype: "f16", sample: { input: inputs[name] as never } });
    const bytesOf = (data: Uint8Array) =>
      [...readSafetensors(data).tensors].reduce(
        (sum, [path, { bytes }]) => sum + (path.startsWith("layers.") ? bytes.length : 0),
        0,
      );
    expect(2 * bytesOf(file)).toBe(bytesOf(write(name)));
    const { deviation, tolerance } = (await loadModel(file, { createModel })).verify();
    expect(deviation).toBe(tolerance);
    if (name !== "tokens") expect(deviation).toBeGreaterThan(0);
    expect(deviation).toBeLessThan(0.01);
  });

  it("reads back what it wrote: the same file", () => {
    const { layers } = readModelFile(write(name));
    expect(writeModel(layers)).toEqual(write(name));
  });
});

describe("what a file says of itself", () => {
  const source = { format: "onnx", framework: "pytorch", version: "2.1", name: "a.onnx", sha256: "ab".repeat(32) };

  it.each(engineTable)("is with the model: %s", async (_, { createModel }) => {
    const model = await loadModel(write("tokens", { source, semantics: "onnx" }), { createModel });
    expect(model.source).toEqual(source);
    expect(model.semantics).toBe("onnx");
    // The file's semantics are those of a run that says nothing.
    const plain = createModel(stacks.tokens);
    const lengths = [1, 3];
    const mine = model.run([[1, 2, 1], [2, 2, 2]], { lengths }); // biome-ignore format: two rows
    expect(mine).toEqual(plain.run([[1, 2, 1], [2, 2, 2]], { lengths, semantics: "onnx" })); // biome-ignore format: two rows
    const stream = model.stream();
    const twin = plain.stream({ semantics: "onnx" });
    for (const id of [1, 0, 2]) expect(stream.step(id)).toEqual(twin.step(id));
  });

  it.each(engineTable)("without a test vector verify says so: %s", async (_, { createModel }) => {
    const model = await loadModel(write("tokens"), { createModel });
    expect(() => model.verify()).toThrow("verify: expected a file with a test vector, got one without");
  });

  it.each(engineTable)("verifies with lengths, a mask, and outputs of elsewhere: %s", async (_, { createModel }) => {
    const [input, lengths] = [inputs.tokens as number[][], [2, 3]];
    const mask = [[1, 1, 0], [1, 0, 1]]; // biome-ignore format: two rows
    const { outputs } = createModel(stacks.tokens).run(input, { lengths, mask });
    const near = { shape: outputs.shape, data: outputs.data.map((value) => value + 1e-4) };
    const sample = { input, lengths, mask, outputs: near, tolerance: 2e-4 };
    const model = await loadModel(write("tokens", { sample }), { createModel });
    const { deviation, tolerance } = model.verify();
    expect(tolerance).toBe(2e-4);
    expect(deviation).toBeCloseTo(1e-4, 6);
    expect(() => write("tokens", { sample: { ...sample, tolerance: 1e-5 } })).toThrow(
      /sample.outputs: expected within/,
    );
  });

  it.each(engineTable)("verify leaves the states of a stateful model alone: %s", async (_, { createModel }) => {
    const model = await loadModel(write("options", { sample: { input: inputs.options as never } }), { createModel });
    const plain = createModel(stacks.options);
    for (let i = 0; i < 2; i++) {
      expect(model.run(inputs.options as never)).toEqual(plain.run(inputs.options as never));
      expect(model.verify().deviation).toBe(0);
    }
  });

  it.each(engineTable)("verify finds results that are off: %s", async (_, { createModel }) => {
    const file = forge(write("tokens", { sample: { input: inputs.tokens as never } }), (_, tensors) => {
      const outputs = tensors.get("test.results.outputs") as { bytes: Uint8Array };
      const bytes = outputs.bytes.slice();
      bytes[3] ^= 1;
      tensors.set("test.results.outputs", { ...outputs, bytes });
    });
    const model = await loadModel(file, { createModel });
    expect(() => model.verify()).toThrow(/verify: expected results within 0 of the known ones, got/);
  });
});

describe("hostile model files", () => {
  const file = write("tokens", { sample: { input: inputs.tokens as never } });
  const layer = (description: Record<string, unknown>, i: number) =>
    (description.layers as Record<string, unknown>[])[i];

  it("are any whose numbers or names were changed", () => {
    const { metadata, tensors } = readSafetensors(file);
    const renamed = [...tensors].map(
      ([name, tensor]) => [name.replace(".kernel", ".recurrentKernel2"), tensor] as const,
    );
    expect(() => readModelFile(writeSafetensors({ metadata, tensors: new Map(renamed) }))).toThrow(
      /congruent.checksum/,
    );
    const flipped = file.slice();
    flipped[flipped.length - 1] ^= 1;
    expect(() => readModelFile(flipped)).toThrow(/congruent.checksum: expected [\da-f]{16}, got "[\da-f]{16}"/);
  });

  it("are not those whose tensors another tool put into another order", () => {
    const { metadata, tensors } = readSafetensors(file);
    const turned = writeSafetensors({ metadata, tensors: new Map([...tensors].reverse()) });
    expect(turned).not.toEqual(file);
    expect(readModelFile(turned)).toEqual(readModelFile(file));
  });

  it("are not files of other frameworks: they are told apart", () => {
    const other = readFileSync(new URL("fixtures/library.safetensors", import.meta.url));
    expect(() => readModelFile(other)).toThrow(/a safetensors file of something else/);
  });

  // biome-ignore format: a table
  const bad: [what: string, change: Parameters<typeof forge>[1], message: RegExp][] = [
    ["of a later version", (d) => { d.version = 2; }, /version: expected 1, got 2/],
    ["without version", (d) => { delete d.version; }, /version: expected 1, got undefined/],
    ["with a description of null", () => "null", /version: expected 1/],
    ["with a key twice", () => '{"version":1,"version":1}', /every key once/],
    ["with a member that nobody reads", (d) => { d.licence = "MIT"; }, /description: expected version, layers/],
    ["without layers", (d) => { delete d.layers; }, /layers: expected an array|path of something/],
    ["with layers that are no array", (d) => { d.layers = { 0: layer(d, 0), 1: layer(d, 1), 2: layer(d, 2) }; }, /layers: expected an array/],
    ["with unknown semantics", (d) => { d.semantics = "toString"; }, /semantics: expected one of tf1/],
    ["with an unknown layer", (d) => { layer(d, 2).type = "lstm"; }, /layers\[2\]: expected type .*gru.*"lstm"/],
    ["with a layer of every object", (d) => { layer(d, 2).type = "constructor"; }, /expected type/],
    ["with a layer that is null", (d) => { (d.layers as unknown[]).push(null); }, /layers\[3\]: expected type/],
    ["with an unknown option", (d) => { layer(d, 2).resetAftr = true; }, /gru: expected one of .*"resetAftr"/],
    ["with an option of another type", (d) => { layer(d, 2).resetAfter = 1; }, /gru.resetAfter: expected boolean, got 1/],
    ["with an unknown activation", (d) => { layer(d, 2).activation = { name: "tan" }; }, /gru.activation: expected one of/],
    ["with an unknown parameter of one", (d) => { layer(d, 2).activation = { name: "elu", alfa: 2 }; }, /gru.activation: expected one of name, alpha, beta, got "alfa"/],
    ["with other units", (d) => { layer(d, 2).units = 3; }, /gru.kernel: expected shape/],
    ["with units by the billion", (d) => { layer(d, 2).units = 1e9; }, /gru.kernel: expected shape/],
    ["that lack a tensor", (_, t) => { t.delete("layers.2.kernel"); }, /gru.kernel: expected an array/],
    ["with a tensor that nobody reads", (_, t) => { t.set("layers.2.extra", t.get("layers.2.kernel")); }, /"extra"/],
    ["with a tensor of no layer", (_, t) => { t.set("layers.9.kernel", t.get("layers.2.kernel")); }, /layers.9.kernel: expected the path of something/],
    ["with a tensor for a layer", (_, t) => { t.set("layers.9", t.get("layers.2.kernel")); }, /layers.9: expected the path of something/],
    ["with a tensor on a prototype", (_, t) => { t.set("__proto__.kernel", t.get("layers.2.kernel")); }, /__proto__.kernel: expected the path/],
    ["with a prototype for a tensor", (_, t) => { t.set("layers.2.__proto__", t.get("layers.2.kernel")); }, /layers.2.__proto__: expected the path/],
    ["with a tensor in place of an option", (_, t) => { t.set("layers.2.units", t.get("layers.2.kernel")); }, /layers.2.units: expected the path/],
    ["with a tensor in a text", (_, t) => { t.set("semantics.x", t.get("layers.2.kernel")); }, /semantics.x: expected the path/],
    ["with a source that lacks something", (d) => { d.source = { format: "x" }; }, /source: expected format, framework/],
    ["with a source that is a number", (d) => { d.source = 0; }, /source: expected format/],
    ["with a test that lacks something", (d) => { d.test = { tolerance: 0 }; }, /path of something|test: expected input/],
    ["with a tolerance that is no number", (d) => { (d.test as { tolerance: unknown }).tolerance = "0"; }, /test.tolerance: expected a number/],
    ["with lengths that are no list", (d) => { (d.test as { lengths: unknown }).lengths = {}; }, /test.lengths: expected an array/],
    ["with a test's input in JSON", (d, t) => { (d.test as { input: unknown }).input = 5; t.delete("test.input"); }, /test: expected tensors of the file, got 5/],
  ];
  it.each(bad)("refuse those %s", (_, change, message) => {
    const forged = forge(file, change);
    expect(() => readModelFile(forged)).toThrow(CongruentError);
    expect(() => readModelFile(forged)).toThrow(message);
  });
});

describe("writing", () => {
  // biome-ignore format: a table
  const bad: [what: string, write: () => unknown, message: RegExp][] = [
    ["an unknown option", () => write("tokens", { dtyp: "f16" } as never), /writeModel: expected one of semantics/],
    ["an unknown dtype", () => write("tokens", { dtype: "bf16" as never }), /dtype: expected f32, f16 or int8/],
    ["unknown semantics", () => write("tokens", { semantics: "torch" as never }), /semantics: expected one of/],
    ["a weight too large for f16", () => writeModel([dense({ units: 1, kernel: [[1], [7e4]] })], { dtype: "f16" }), /layers.0.kernel, element 1: expected at most 65504, for f16, got 70000/],
    ["a parameter that JSON lacks", () => writeModel([dense({ units: 1, kernel: [[1]], activation: { name: "elu", alpha: Infinity } })]), /alpha: expected a finite number, got Infinity/],
    ["no layers", () => writeModel([]), /layers: expected one that knows its features.*got none/],
    ["a sample that does not fit", () => write("tokens", { sample: { input: [[9]] } }), /input\[0\]\[0\]/],
    ["an unknown part of a sample", () => write("tokens", { sample: { input: [[1]], output: [] } as never }), /sample: expected one of/],
  ];
  it.each(bad)("refuses %s", (_, run, message) => {
    expect(run).toThrow(CongruentError);
    expect(run).toThrow(message);
  });

  it("keeps NaN and infinite weights", () => {
    const layers = [dense({ units: 1, kernel: [[Number.NaN], [Number.NEGATIVE_INFINITY]] })];
    for (const dtype of ["f32", "f16"] as const) {
      expect((readModelFile(writeModel(layers, { dtype })).layers[0] as { kernel: unknown }).kernel).toEqual(
        Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY),
      );
    }
  });

  it("writes an activation as the option that makes it", () => {
    expect(toActivationOption({ name: "tanh", code: 2, alpha: 0, beta: 0 })).toEqual({ name: "tanh" });
    expect(toActivationOption({ name: "elu", code: 6, alpha: 0, beta: 0 })).toEqual({ name: "elu", alpha: 0 });
  });
});
