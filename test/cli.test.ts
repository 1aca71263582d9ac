import { type SpawnSyncReturns, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../src/convert/npz/npy.ts";
import { readModelFile } from "../src/format/model-file.ts";
import { writeModel } from "../src/format/write.ts";
import { bidirectional } from "../src/layers/bidirectional.ts";
import { dense } from "../src/layers/dense.ts";
import { embedding } from "../src/layers/embedding.ts";
import { gru } from "../src/layers/gru.ts";
import { createModel } from "../src/reference/index.ts";
import { features, gruOptions } from "./stacks.ts";

/** The command as users run it: the built file, in a process of its own. */
const command = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "congruent-cli-"));
const place = (name: string): string => join(folder, name);

afterAll(() => rmSync(folder, { recursive: true }));

function congruent(args: readonly string[], input: string | Uint8Array = ""): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [command, ...args], { input, encoding: "utf8", cwd: folder, maxBuffer: 2 ** 28 });
}

const layers = [gru({ ...gruOptions(2, 3), returnSequences: true }), dense({ units: 1, kernel: [1, -1, 0.5] })];
const model = createModel(layers);
writeFileSync(place("model.safetensors"), writeModel(layers));
writeFileSync(place("last.safetensors"), writeModel([gru(gruOptions(2, 3))]));
writeFileSync(
  place("tokens.safetensors"),
  writeModel([embedding({ weights: [[0], [1], [-1]] }), gru({ ...gruOptions(1, 2), returnSequences: true })]),
);
writeFileSync(
  place("both.safetensors"),
  writeModel([bidirectional({ forward: { ...gruOptions(2, 1), returnSequences: true }, backward: gruOptions(2, 1) })]),
);

const rows = [
  [[1, 2], [0.5, -1], [0, 3]],
  [[-2, 0.25]],
  [[1, 1], [2, 2]],
]; // biome-ignore format: three sequences

const outputsOf = (row: number[][]): number[] => [...model.run([row]).outputs.data];
const numbers = (line: string): number[] => (JSON.parse(line) as number[][]).flat().map(Math.fround);
const lines = (text: string): string[] => text.trimEnd().split("\n");

describe("help", () => {
  it.each([[["--help"]], [["help", "run"]], [["inspect", "--help"]], [["convert", "-h"]], [["bench", "-h"]]])(
    "%j",
    (args) => {
      const { status, stdout, stderr } = congruent(args);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("Usage: congruent");
      if (args[0] !== "--help") expect(stdout).toContain("Examples:\n  $ congruent ");
    },
  );

  it("--version is the package's", () => {
    const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    expect(congruent(["--version"]).stdout).toBe(`${version}\n`);
  });
});

describe("what is not understood ends with exit code 2, on stderr", () => {
  // biome-ignore format: a table
  const bad: [what: string, args: string[], message: RegExp][] = [
    ["an unknown command", ["train"], /unknown command 'train'/],
    ["an unknown option", ["inspect", "model.safetensors", "--fast"], /unknown option '--fast'/],
    ["no file", ["inspect"], /missing required argument 'FILE'/],
    ["no output", ["convert", "model.safetensors"], /required option '-o, --output <OUT>'/],
    ["an unknown preset", ["run", "model.safetensors", "--semantics", "torch"], /Allowed choices are tf1/],
    ["a number that is none", ["bench", "model.safetensors", "--seconds", "soon"], /expected a number from 0 up/],
    ["an option of another format", ["inspect", "model.safetensors", "--head", "linear=fc"], /head: expected none for a file of congruent/],
    ["an unknown format", ["inspect", "model.safetensors", "--format", "gguf"], /format: expected one of congruent, keras-h5/],
    [".npy to stdout", ["run", "model.safetensors", "--to", "npy"], /--output: expected a file/],
    ["states as CSV", ["run", "model.safetensors", "--states", "--to", "csv"], /--states: expected none but with JSON lines/],
    ["expected outputs without a sample", ["convert", "model.safetensors", "-o", "x", "--expected", "y.npy"], /a --sample beside them/],
    ["an unknown layer", ["convert", "model.safetensors", "-o", "x", "--layer", "lstm"], /expected gru \(gru\), dense \(dense\), got "lstm"/],
  ];
  it.each(bad)("%s", (_, args, message) => {
    const { status, stdout, stderr } = congruent(args);
    expect(stderr).toMatch(message);
    expect([status, stdout]).toEqual([2, ""]);
  });
});

describe("what cannot be read ends with exit code 1, on stderr", () => {
  writeFileSync(place("noise.bin"), "nothing");
  writeFileSync(place("damaged.safetensors"), readFileSync(place("model.safetensors")).subarray(0, 500));
  // biome-ignore format: a table
  const bad: [what: string, args: string[], message: RegExp][] = [
    ["a file that is not there", ["inspect", "no.h5"], /^congruent: ENOENT: .*no\.h5/],
    ["a folder without a model", ["inspect", "."], /saved_model.pb or model.json in this folder, got neither/],
    ["a file of nothing known", ["inspect", "noise.bin"], /noise.bin: expected a file of Keras/],
    ["a damaged file", ["run", "damaged.safetensors"], /damaged.safetensors: .*expected/],
    ["an input that is not there", ["run", "model.safetensors", "--input", "no.jsonl"], /ENOENT: .*no\.jsonl/],
    ["an output in a folder that is not there", ["run", "model.safetensors", "-o", "no/out.jsonl"], /ENOENT/],
    ["a mapping that is no JSON", ["inspect", "noise.bin", "--mapping", "noise.bin"], /noise.bin: expected JSON/],
  ];
  it.each(bad)("%s", (_, args, message) => {
    const { status, stdout, stderr } = congruent(args, "[[1,2]]\n");
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^ +at /m);
    expect([status, stdout]).toEqual([1, ""]);
  });
});

describe("inspect", () => {
  it("shows a table", () => {
    const { status, stdout } = congruent(["inspect", "model.safetensors"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^gru +gru +2 → 3 +after +sigmoid, tanh +returnSequences +63 +252 +f32$/m);
    expect(stdout).toContain("The whole model can be converted.");
  });

  it("gives JSON", () => {
    const inspection = JSON.parse(congruent(["inspect", "model.safetensors", "--json"]).stdout);
    expect(inspection).toMatchObject({ format: "congruent", semantics: "keras", noChain: null });
    expect(inspection.parts).toHaveLength(2);
  });
});

describe("convert", () => {
  it("writes a file with a sample, as f16", () => {
    writeFileSync(place("x.npy"), writeNpy(features(2, 3, 2)));
    const { status, stderr } = congruent([
      "convert",
      "model.safetensors",
      "-o",
      "half.safetensors",
      "--dtype",
      "f16",
      "--sample",
      "x.npy",
    ]);
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^half.safetensors: \d+ bytes, from congruent/)]);
    const { test, source } = readModelFile(readFileSync(place("half.safetensors")));
    expect(test?.tolerance).toBeGreaterThan(0);
    expect(source).toMatchObject({
      format: "congruent",
      name: "model.safetensors",
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
    });
  });

  it("takes a layer alone, to stdout, with other semantics", () => {
    const args = ["convert", "model.safetensors", "-o", "-", "--layer", "gru", "--semantics", "onnx"];
    const { stdout } = spawnSync(process.execPath, [command, ...args], { cwd: folder });
    const { layers: taken, semantics } = readModelFile(new Uint8Array(stdout));
    expect([taken.map(({ name }) => name), semantics]).toEqual([["gru"], "onnx"]);
  });

  it("refuses a sample whose expected outputs are far off", () => {
    writeFileSync(
      place("y.json"),
      JSON.stringify([
        [[1], [2], [3]],
        [[4], [5], [6]],
      ]),
    );
    const args = [
      "convert",
      "model.safetensors",
      "-o",
      "z",
      "--sample",
      "x.npy",
      "--expected",
      "y.json",
      "--tolerance",
      "0.1",
    ];
    expect(congruent(args)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/sample.outputs: expected within 0.1/),
    });
  });
});

describe("run", () => {
  it("JSON lines of different length, in order", () => {
    const { status, stdout, stderr } = congruent(
      ["run", "model.safetensors"],
      `${rows.map((row) => JSON.stringify(row)).join("\n")}\n`,
    );
    expect([status, stderr]).toEqual([0, ""]);
    expect(lines(stdout).map(numbers)).toEqual(rows.map(outputsOf));
  });

  it("reports a bad line with its number, and goes on", () => {
    const input = [
      JSON.stringify(rows[0]),
      "[[1,",
      "[[1,2,3]]",
      "",
      "[]",
      '{"input":[[1,2]],"lenght":1}',
      '[["1",2]]',
      JSON.stringify(rows[2]),
    ];
    const { status, stdout, stderr } = congruent(["run", "model.safetensors"], input.join("\n"));
    expect(status).toBe(1);
    const given = lines(stdout);
    expect(given.slice(1, -1)).toEqual(["null", "null", "null", "null", "null"]);
    expect([numbers(given[0]), numbers(given[6])]).toEqual([outputsOf(rows[0]), outputsOf(rows[2])]);
    expect(lines(stderr).map((line) => line.slice(0, 8))).toEqual([
      "stdin:2:",
      "stdin:3:",
      "stdin:5:",
      "stdin:6:",
      "stdin:7:",
    ]);
    expect(stderr).toContain("stdin:2: the line: expected JSON");
    expect(stderr).toContain('stdin:6: the line: expected one of input, length, mask, got "lenght"');
  });

  it("padded lines with lengths and masks, under the semantics asked for", () => {
    const [row] = rows;
    const input = `${JSON.stringify({ input: row, length: 2 })}\n${JSON.stringify({ input: row, mask: [1, 0, 1] })}\n`;
    const { stdout } = congruent(["run", "model.safetensors", "--semantics", "tf1"], input);
    const run = (options: object) => [...model.run([row], { semantics: "tf1", ...options }).outputs.data];
    expect(lines(stdout).map(numbers)).toEqual([run({ lengths: [2] }), run({ mask: [[1, 0, 1]] })]);
  });

  it("states beside the outputs", () => {
    const { stdout } = congruent(["run", "last.safetensors", "--states"], `${JSON.stringify(rows[0])}\n`);
    const { outputs, states } = JSON.parse(stdout);
    expect(states).toEqual([outputs]);
    expect(outputs).toHaveLength(3);
  });

  it(".npy in and out, with lengths", () => {
    const input = features(3, 4, 2);
    writeFileSync(place("in.npy"), writeNpy(input));
    writeFileSync(place("lengths.txt"), "4\n2\n0\n");
    for (const lengths of ["4,2,0", "lengths.txt"]) {
      const args = [
        "run",
        "model.safetensors",
        "-i",
        "in.npy",
        "-o",
        "out.npy",
        "--semantics",
        "tf1",
        "--lengths",
        lengths,
      ];
      expect(congruent(args)).toMatchObject({ status: 0, stderr: "" });
      expect(readNpy(readFileSync(place("out.npy")))).toEqual(
        model.run(input, { lengths: [4, 2, 0], semantics: "tf1" }).outputs,
      );
    }
    const { status, stderr } = congruent([
      "run",
      "model.safetensors",
      "-i",
      "in.npy",
      "-o",
      "out.npy",
      "--lengths",
      "4,2",
    ]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/in.npy:3: --lengths: expected one for each sequence, got 2/);
    expect(readNpy(readFileSync(place("out.npy"))).data.slice(8)).toEqual(new Float32Array(4).fill(Number.NaN));
  });

  it("a .npy of one sequence, from stdin", () => {
    const { data } = features(1, 50, 2);
    const { stdout } = congruent(["run", "model.safetensors", "--from", "npy"], writeNpy({ data, shape: [50, 2] }));
    expect(lines(stdout).map((line) => Math.fround(JSON.parse(line)[0]))).toEqual([
      ...model.run({ data, shape: [1, 50, 2] }).outputs.data,
    ]);
  });

  it("token ids", () => {
    const { status, stdout, stderr } = congruent(["run", "tokens.safetensors"], "[1,2,0]\n[3]\n[1]\n");
    expect([status, lines(stdout)[1]]).toEqual([1, "null"]);
    expect(stderr).toMatch(/^stdin:2: input\[0\]\[0\]/);
    expect(JSON.parse(lines(stdout)[0])).toHaveLength(3);
  });

  it("CSV, step by step, with names, sequences apart and a bad line", () => {
    const csv = "a,b\n1,2\n0.5,-1\nx,1\n0,3\n\n-2,0.25\n";
    const { status, stdout, stderr } = congruent(["run", "model.safetensors", "--from", "csv", "--to", "csv"], csv);
    const [first, second] = stdout
      .trimEnd()
      .split("\n\n")
      .map((part) => part.split("\n").map((line) => Math.fround(Number(line))));
    expect([first, second]).toEqual([outputsOf(rows[0]), outputsOf(rows[1])]);
    expect([status, stderr]).toEqual([1, 'stdin:4: column 1: expected a number, got "x"\n']);
  });

  it("CSV for a model that gives its last output: a line for each sequence", () => {
    const { stdout } = congruent(
      ["run", "last.safetensors", "--from", "csv", "--to", "csv"],
      "1,2\n0.5,-1\n0,3\n\n-2,0.25\n",
    );
    const wanted = [rows[0], rows[1]].map((row) => [...createModel([gru(gruOptions(2, 3))]).run([row]).outputs.data]);
    expect(lines(stdout).map((line) => line.split(",").map((value) => Math.fround(Number(value))))).toEqual(wanted);
  });

  it("CSV for a model that needs the future: each sequence whole", () => {
    const { status, stdout } = congruent(["run", "both.safetensors", "--from", "csv"], "1,2\n0.5,-1\n\n-2,0.25\n");
    expect([status, lines(stdout).map((line) => JSON.parse(line).length)]).toEqual([0, [2, 1]]);
  });

  it("stops quietly when nobody reads on", async () => {
    const child = spawn(process.execPath, [command, "run", "model.safetensors"], { cwd: folder });
    let errors = "";
    child.stderr.on("data", (data) => {
      errors += data;
    });
    child.stdin.on("error", () => {});
    child.stdout.once("data", () => child.stdout.destroy());
    const line = `${JSON.stringify(rows[0])}\n`.repeat(1000);
    const timer = setInterval(() => child.stdin.write(line), 1);
    const status = await new Promise((resolve) => child.once("close", resolve));
    clearInterval(timer);
    expect([status, errors]).toEqual([0, ""]);
  });

  it("100 MB from stdin in bounded memory", async () => {
    const child = spawn(process.execPath, ["--max-old-space-size=64", command, "run", "last.safetensors"], {
      cwd: folder,
    });
    const row = Array.from({ length: 500 }, (_, i) => [Math.sin(i), Math.cos(i)]);
    const line = `${JSON.stringify(row)}\n`;
    const count = Math.ceil(1e8 / line.length);
    let received = 0;
    child.stdout.on("data", (data: Buffer) => {
      for (const byte of data) if (byte === 10) received++;
    });
    const closed = new Promise((resolve) => child.once("close", resolve));
    let peak = 0;
    for (let i = 0; i < count; i++) {
      if (!child.stdin.write(line)) await new Promise((resolve) => child.stdin.once("drain", resolve));
      if (i % 200 === 0 && process.platform === "linux") {
        const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
        peak = Math.max(peak, Number(kilobytes ?? 0));
      }
    }
    child.stdin.end();
    expect(await closed).toBe(0);
    expect(received).toBe(count);
    expect(peak).toBeLessThan(300_000);
  });
});

describe("bench", () => {
  it("measures runs and a stream, where the model can", () => {
    const { status, stdout } = congruent(["bench", "model.safetensors", "--seconds", "0.02"]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^batch 32, 100 steps +[\d.]+ +[\d.]+ +[\d,]+$/m);
    expect(stdout).toMatch(/^stream, 100 steps +[\d.]+/m);
    expect(congruent(["bench", "both.safetensors", "--seconds", "0.02"]).stdout).toMatch(
      /^stream: .* got bidirectional/m,
    );
  });
});
