import { describe, expect, it } from "vitest";
import { inspect } from "../../src/convert/inspect.ts";
import { checksum } from "../../src/format/checksum.ts";
import { checksumKey, descriptionKey, readModelFile } from "../../src/format/model-file.ts";
import { readSafetensors, type StoredTensor } from "../../src/format/safetensors.ts";
import { writeModel } from "../../src/format/write.ts";
import { writeSafetensors } from "../../src/format/write-safetensors.ts";
import { quantize } from "../../src/int8/index.ts";
import { int8Parts } from "../../src/int8/model-file.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { hash } from "../../src/model/fingerprint.ts";
import { bidirectional, createModel, dense, embedding, gru } from "../../src/reference/index.ts";
import { Random } from "../property/random.ts";
import { gruOptions } from "../stacks.ts";

const stack = (): Layer[] => [
  embedding({ weights: { data: new Random(1).floats(7 * 5, 1), shape: [7, 5] }, maskZero: true }),
  bidirectional({
    forward: { ...gruOptions(5, 4), returnSequences: true },
    backward: { ...gruOptions(5, 4, 3), returnSequences: true },
  }),
  gru({ ...gruOptions(8, 3), bias: new Random(3).floats(9, 1), resetAfter: false }),
  dense({ units: 2, kernel: new Random(2).floats(6, 1), activation: "softmax" }),
];
const ids = [
  [1, 2, 3, 0],
  [6, 5, 4, 3],
];
const read = (bytes: Uint8Array) => readModelFile(bytes, "file", int8Parts);
const run = (layers: readonly Layer[]) => createModel(layers).run(ids);

describe.each([7, 14] as const)("int8 at precision %i in a file", (precision) => {
  it("gives the layers that were written, to the bit", () => {
    const bytes = writeModel(stack(), { dtype: "int8", int8: { precision } });
    expect(run(read(bytes).layers)).toEqual(run(quantize(stack(), { precision })));
    expect(writeModel(read(bytes).layers, { dtype: "f32" }).length).toBeGreaterThan(bytes.length - 24);
  });

  it("is written by itself where layers are int8 already, and again from what was read", () => {
    const layers = quantize(stack(), { precision });
    const bytes = writeModel(layers);
    expect(writeModel(read(bytes).layers)).toEqual(bytes);
    expect(run(read(bytes).layers)).toEqual(run(layers));
  });

  it("has a sample whose tolerance is what it cost", () => {
    const bytes = writeModel(stack(), { dtype: "int8", int8: { precision }, sample: { input: ids } });
    const tolerance = read(bytes).test?.tolerance as number;
    expect(tolerance).toBeGreaterThan(0);
    expect(tolerance).toBeLessThan(0.05);
  });
});

describe("a file of int8", () => {
  it("is at most 0.27 of f32 from 128 inputs and units on", () => {
    for (const units of [128, 256]) {
      const layers = [gru(gruOptions(units, units)), dense({ units: 10, kernel: new Random(1).floats(10 * units, 1) })];
      expect(writeModel(layers, { dtype: "int8" }).length).toBeLessThanOrEqual(0.27 * writeModel(layers).length);
    }
  });

  it("has the same bytes wherever it is made: pinned", () => {
    expect(hash([writeModel(stack(), { dtype: "int8", int8: { calibration: [{ input: ids }] } })], 1)).toBe(4187852190);
  });

  it("is refused by readers without int8, who say where it can be read", () => {
    expect(() => readModelFile(writeModel(stack(), { dtype: "int8" }))).toThrow(
      /tensor layers\.\d\.\S+: expected dtype F32, F16 or BF16, got I8, which loadModel of congruent\/int8 reads/,
    );
  });

  it("is inspected with dtype and error", async () => {
    const { parts, parameters } = await inspect({
      name: "a.safetensors",
      bytes: writeModel(stack(), { dtype: "int8" }),
    });
    expect(parts.map(({ dtype }) => dtype)).toEqual(["int8", "int8 at 14 bits, f32", "int8 at 14 bits, f32", "f16"]);
    expect(Object.keys(parts[1].errors)).toEqual([
      "forward.kernel",
      "forward.recurrentKernel",
      "backward.kernel",
      "backward.recurrentKernel",
    ]);
    for (const { errors } of parts) {
      for (const { max, rms } of Object.values(errors)) {
        expect(max).toBeLessThan(0.02);
        expect(rms).toBeGreaterThan(0);
      }
    }
    const plain = await inspect({ name: "a.safetensors", bytes: writeModel(stack()) });
    expect(parameters).toBe(plain.parameters);
    expect(plain.parts.map(({ dtype, errors }) => [dtype, errors])).toEqual(Array(4).fill(["f32", {}]));
  });
});

describe("a file of int8 that is not sound", () => {
  const sound = writeModel([embedding({ weights: [[1, 2]] }), gru(gruOptions(2, 3))], { dtype: "int8" });

  /** The file with a change, and a checksum that fits. */
  function change(
    edit: (layers: Record<string, Record<string, unknown>>[], tensors: Map<string, StoredTensor>) => void,
  ) {
    const { metadata, tensors } = readSafetensors(sound);
    const description = JSON.parse(metadata[descriptionKey]);
    const changed = new Map(tensors);
    edit(description.layers, changed);
    const text = JSON.stringify(description);
    const keys = { [descriptionKey]: text, [checksumKey]: checksum(text, changed) };
    return writeSafetensors({ metadata: keys, tensors: changed });
  }

  const floats = (...numbers: number[]): StoredTensor => ({
    dtype: "F32",
    shape: [numbers.length],
    bytes: new Uint8Array(Float32Array.from(numbers).buffer),
  });

  // biome-ignore format: a table
  const bad: [string, Parameters<typeof change>[0], RegExp][] = [
    ["another precision", ([, gru]) => { gru.int8.precision = 8; }, /layers\[1\].int8.precision: expected 7 or 14, got 8/],
    ["no errors", ([, gru]) => { delete gru.int8.kernel; }, /layers\[1\].int8: expected precision, kernel, recurrentKernel/],
    ["more members", ([, gru]) => { gru.int8.zero = 1; }, /got precision, kernel, recurrentKernel, zero/],
    ["an error below 0", ([, gru]) => { (gru.int8.kernel as { max: number }).max = -1; }, /kernel: error: expected a number from 0 up, got -1/],
    ["no scales", (_, tensors) => { tensors.delete("layers.1.kernelScales"); }, /layers\[1\].kernelScales: expected \[9\], got undefined/],
    ["too few scales", (_, tensors) => { tensors.set("layers.1.kernelScales", floats(1)); }, /kernelScales: expected \[9\], got \[1\]/],
    ["a scale that is NaN", (_, tensors) => { tensors.set("layers.0.weightsScales", floats(Number.NaN)); }, /weightsScales, element 0: expected a number from 0 up, got NaN/],
    ["a negative scale", (_, tensors) => { tensors.set("layers.0.weightsScales", floats(-1)); }, /weightsScales, element 0: expected a number from 0 up, got -1/],
    ["values of another shape", (_, tensors) => { const { bytes } = tensors.get("layers.1.kernel") as StoredTensor; tensors.set("layers.1.kernel", { dtype: "I8", shape: [bytes.length], bytes }); }, /kernel: expected I8 with two axes, got \[18\]/],
    ["floats for values", (_, tensors) => { tensors.set("layers.1.kernel", floats(1)); }, /layers\[1\].kernel: expected I8 with two axes/],
    ["values that no layer says to be int8", ([, gru]) => { delete gru.int8; }, /expected/],
  ];
  it.each(bad)("with %s is refused", (_, edit, message) => {
    expect(() => read(change(edit))).toThrow(message);
  });

  it("with other numbers than were written is refused", () => {
    for (let at = sound.length - 40; at < sound.length; at++) {
      const damaged = Uint8Array.from(sound);
      damaged[at] ^= 4;
      expect(() => read(damaged)).toThrow(/congruent.checksum/);
    }
  });
});
