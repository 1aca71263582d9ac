import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { readModelFile } from "../src/format/model-file.ts";
import { writeModel } from "../src/format/write.ts";
import { quantize } from "../src/int8/index.ts";
import { int8Parts } from "../src/int8/model-file.ts";
import type { DenseLayer, GruLayer } from "../src/layers/layer.ts";
import { createModel, dense, gru } from "../src/reference/index.ts";
import { gruOptions } from "./stacks.ts";

/** The command over int8: convert, inspect, run and compare. */
const command = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "congruent-int8-"));
const place = (name: string): string => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

function congruent(...args: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [command, ...args], { encoding: "utf8", cwd: folder });
}

const layers = [
  gru({ ...gruOptions(3, 16), returnSequences: true }),
  dense({ units: 4, kernel: Float32Array.from({ length: 64 }, (_, i) => Math.sin(5 * i)), activation: "softmax" }),
];
const rows = Array.from({ length: 6 }, (_, row) =>
  Array.from({ length: 4 + row }, (_, step) => [0, 1, 2].map((k) => Math.sin(7 * row + 3 * step + k))),
);
writeFileSync(place("x.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
writeFileSync(place("f32.safetensors"), writeModel(layers));
writeFileSync(place("other.safetensors"), writeModel([gru(gruOptions(3, 5))]));
const read = (name: string) => readModelFile(readFileSync(place(name)), name, int8Parts).layers;

describe("convert --dtype int8", () => {
  it("writes what quantize gives, at 14 bits or at 7", () => {
    for (const [bits, args] of [
      [14, []],
      [7, ["--precision", "7"]],
    ] as const) {
      const { status, stderr } = congruent(
        "convert",
        "f32.safetensors",
        "-o",
        "a.safetensors",
        "--dtype",
        "int8",
        ...args,
      );
      expect([status, stderr]).toEqual([0, expect.stringMatching(/^a.safetensors: \d+ bytes/)]);
      const wanted = createModel(quantize(layers, { precision: bits })).run(rows);
      expect(createModel(read("a.safetensors")).run(rows)).toEqual(wanted);
    }
    expect(statSync(place("a.safetensors")).size).toBeLessThan(statSync(place("f32.safetensors")).size);
  });

  it("calibrates with a file", () => {
    const args = ["convert", "f32.safetensors", "-o", "b.safetensors", "--dtype", "int8", "--calibrate", "x.jsonl"];
    expect(congruent(...args).status).toBe(0);
    const wanted = createModel(quantize(layers, { calibration: [{ input: rows }] })).run(rows);
    expect(createModel(read("b.safetensors")).run(rows)).toEqual(wanted);
  });

  it.each([
    [["--precision", "7"], /--precision and --calibrate: expected --dtype int8 beside them, got --dtype f32/],
    [["--dtype", "int8", "--precision", "8"], /Allowed choices are 7, 14/],
    [["--dtype", "int4"], /Allowed choices are f32, f16, int8/],
  ])("%j is not understood", (args, message) => {
    const { status, stderr } = congruent("convert", "f32.safetensors", "-o", "c.safetensors", ...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(message)]);
  });
});

describe("a file of int8", () => {
  writeFileSync(place("int8.safetensors"), writeModel(layers, { dtype: "int8" }));

  it("is inspected with dtype and error", () => {
    const { stdout } = congruent("inspect", "int8.safetensors");
    expect(stdout).toMatch(/^layer .* bytes +dtype +error$/m);
    expect(stdout).toMatch(/^gru .* int8 at 14 bits, f32 +0\.\d\d %$/m);
    expect(stdout).toMatch(/^dense .* f16$|^dense .* f16, f32$/m);
    const { parts } = JSON.parse(congruent("inspect", "int8.safetensors", "--json").stdout);
    expect(Object.keys(parts[0].errors)).toEqual(["kernel", "recurrentKernel"]);
  });

  it("is run", () => {
    const { status, stdout } = congruent("run", "int8.safetensors", "--input", "x.jsonl");
    expect(status).toBe(0);
    const wanted = createModel(read("int8.safetensors")).run([rows[0]]).outputs.data;
    expect((JSON.parse(stdout.split("\n")[0]) as number[][]).flat().map(Math.fround)).toEqual([...wanted]);
  });
});

describe("compare", () => {
  it("says how far two models are apart, and how often they choose alike", () => {
    const { status, stdout } = congruent(
      "compare",
      "f32.safetensors",
      "int8.safetensors",
      "--input",
      "x.jsonl",
      "--json",
    );
    expect(status).toBe(0);
    const [a, b] = ["f32.safetensors", "int8.safetensors"].map((name) => {
      const model = createModel(read(name));
      return rows.flatMap((row) => [...model.run([row]).outputs.data]);
    });
    const off = a.map((value, i) => Math.abs(value - b[i]));
    const { outputs, state0 } = JSON.parse(stdout);
    expect(outputs.max).toBe(Math.max(...off));
    expect(outputs.mean).toBeCloseTo(off.reduce((sum, value) => sum + value, 0) / off.length, 10);
    expect(outputs.rms).toBeGreaterThan(outputs.mean);
    expect(outputs.rows).toBe(rows.flat().length);
    expect(outputs.agreeing).toBeGreaterThan(0.9 * outputs.rows);
    expect(state0.rows).toBe(6);
  });

  it("finds nothing between a model and itself", () => {
    const { stdout } = congruent("compare", "f32.safetensors", "f32.safetensors", "--input", "x.jsonl");
    expect(stdout).toMatch(/^outputs +0 +0 +0 +39 of 39 \(100.00 %\)$/m);
  });

  it("reads those that need a mapping by one, and model files by themselves", () => {
    const [first, output] = layers;
    const { kernel, recurrentKernel, bias, recurrentBias } = (first as GruLayer).weights;
    const arrays = { w: kernel, u: recurrentKernel, b: bias, c: recurrentBias, d: (output as DenseLayer).kernel };
    writeFileSync(
      place("weights.json"),
      JSON.stringify(Object.fromEntries(Object.entries(arrays).map(([name, data]) => [name, [...(data ?? [])]]))),
    );
    const gruWeights = { kernel: "w", recurrentKernel: "u", bias: "b", recurrentBias: "c" };
    const mapping = {
      layout: "keras",
      layers: [
        { kind: "gru", name: "gru", weights: gruWeights, options: { units: 16, returnSequences: true } },
        { kind: "dense", weights: { kernel: "d" }, options: { units: 4, activation: "softmax" } },
      ],
    };
    writeFileSync(place("mapping.json"), JSON.stringify(mapping));
    const compare = (a: string, b: string, ...args: string[]) =>
      congruent("compare", a, b, "--input", "x.jsonl", "--mapping", "mapping.json", ...args);
    for (const pair of [
      ["weights.json", "f32.safetensors"],
      ["f32.safetensors", "weights.json"],
      ["weights.json", "weights.json"],
    ]) {
      const { stderr, stdout } = compare(pair[0], pair[1]);
      expect([pair, stderr]).toEqual([pair, ""]);
      expect(stdout).toMatch(/^outputs +0 +0 +0 +39 of 39 \(100.00 %\)$/m);
    }
    const { status, stdout } = compare("weights.json", "int8.safetensors", "--json");
    expect([status, JSON.parse(stdout).outputs.max > 0]).toEqual([0, true]);
    const { stderr } = congruent("compare", "weights.json", "f32.safetensors", "--input", "x.jsonl");
    expect(stderr).toMatch(/weights.json: expected/);
  });

  it("picks layers of those that are no model files", () => {
    writeFileSync(place("gru.safetensors"), writeModel([layers[0]]));
    const args = ["compare", "weights.json", "gru.safetensors", "--input", "x.jsonl", "--mapping", "mapping.json"];
    expect(congruent(...args, "--layer", "gru").stdout).toMatch(/^outputs +0 +0 +0 +/m);
    expect(congruent(...args).stderr).toMatch(/gru.safetensors: expected .* → .*, got/);
  });

  it("refuses models that are no pair, and an input that does not fit", () => {
    const pair = congruent("compare", "f32.safetensors", "other.safetensors", "--input", "x.jsonl");
    expect([pair.status, pair.stderr]).toEqual([1, expect.stringMatching(/other.safetensors: expected .* → .*, got/)]);
    writeFileSync(place("bad.json"), "[[[1, 2]]]");
    const { status, stderr } = congruent("compare", "f32.safetensors", "f32.safetensors", "--input", "bad.json");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^congruent: .*expected/)]);
    expect(congruent("compare", "f32.safetensors", "f32.safetensors").status).toBe(2);
  });
});
