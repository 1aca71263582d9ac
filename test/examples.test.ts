import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const rnnoise = fileURLToPath(new URL("../../shared/models/rnnoise", import.meta.url));

/** Runs an example as a user would, on the built package. */
function run(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout;
}

describe("examples/seed", () => {
  const output = run("examples/seed/main.mjs");
  /** What stands in brackets between two headings, its numbers as written. */
  const printed = (from: string, to: string): string[][] =>
    [...(output.split(`\n${from}`)[1]?.split(`\n${to}`)[0] ?? "").matchAll(/\[([-\d. ]+)\]\s*(?=\n|\[)/g)].map(
      ([, numbers]) => numbers.trim().split(/ +/),
    );

  it("prints the embedding, digit by digit", () => {
    expect(printed("m0", "m1")).toEqual([
      ["1.", "1."],
      ["0.37", "0.37"],
      ["2.", "2."],
      ["1.", "1."],
      ["1.", "1."],
      ["2.", "2."],
      ["0.37", "0.37"],
      ["1.", "1."],
      ["0.37", "0.37"],
      ["0.37", "0.37"],
    ]);
  });

  it("prints m1, m2 and old, digit by digit", () => {
    expect(printed("m1", "m2")).toEqual([
      ["-6.", "-50.", "-156.", "-272.7276", "-475.83362"],
      ["-1.2876", "-9.862801", "-69.314", "-213.94202", "-373.54672"],
    ]);
    expect(printed("m2", "old")).toEqual([
      ["-6.", "-50.", "-156.", "-156.", "-156."],
      ["0.", "-6.", "-50.", "-156.", "-156."],
    ]);
    expect(printed("old", "\nSo:")).toEqual([
      ["-6.", "-50.", "-156.", "0.", "0."],
      ["0.", "-6.", "-50.", "-156.", "0."],
    ]);
    expect(output.match(/congruent\/reference gives the same bits/g)).toHaveLength(3);
  });

  it("shows that no two presets are the same", () => {
    const presets = ["tf1", "keras", "keras-jax", "onnx", "pytorch", "tfjs"];
    const lines = output.split("\n");
    const columns = presets.map((preset) =>
      lines
        .filter((line) => new RegExp(`^ {4}${preset}( \\.)? {2,}`).test(line))
        .map((line) => line.replace(/^ +\S+( \.)? +/, "").replaceAll("*", ""))
        .join("\n"),
    );
    for (const column of columns) expect(column.split("\n")).toHaveLength(8);
    expect(new Set(columns).size).toBe(presets.length);
  });

  it("times a step", () => {
    const times = [...output.matchAll(/ (\d+) ns$/gm)].map(([, time]) => Number(time));
    expect(times).toHaveLength(4);
    for (const time of times) expect(time).toBeGreaterThan(0);
  });
});

describe.skipIf(!existsSync(rnnoise))("examples/rnnoise", () => {
  it("agrees with the original C code over 600 frames of sound", () => {
    const output = run("examples/rnnoise/main.mjs", rnnoise);
    const deviations = [...output.matchAll(/^ {2}(.+?) {2,}(\S+)$/gm)].map(([, name, value]) => [name, Number(value)]);
    expect(deviations.map(([name]) => name)).toEqual([
      "gains",
      "voice activity",
      "VAD GRU state",
      "noise GRU state",
      "denoise GRU state",
    ]);
    // The C code looks tanh up in a table: that is the deviation, and NOTES.md of the fixture allows 1e-4 for it.
    for (const [, value] of deviations) expect(value).toBeLessThan(1e-4);
    expect(output).toMatch(/^RNNoise over 600 frames/m);
    expect(output).toMatch(/^time per frame: \d+\.\d+ µs/m);
  });
});
