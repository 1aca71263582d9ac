/** From nothing to a first result, in fresh processes that take turns. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { coldWorkload } from "../cold/workload.mjs";
import { TOLERANCE } from "../compare.mjs";
import { onnxModel } from "../peers/onnx.mjs";
import { median, summarize } from "../statistics.mjs";

const engines = ["congruent", "onnxruntime-web", "onnxruntime-node", "tfjs-wasm", "tfjs-cpu"];
const script = fileURLToPath(new URL("../cold/start.mjs", import.meta.url));

/**
 * Records: { engine, imported, created, first, total, ratio }, medians in ms without Node.js's own start; ratio of the
 * total to ours, round by round.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run({ processes }) {
  const work = coldWorkload();
  const folder = mkdtempSync(join(tmpdir(), "congruent-bench-"));
  const model = join(folder, "model.onnx");
  try {
    writeFileSync(model, onnxModel(work));
    // The first processes read from the disk what the next ones find in memory: they check, and do not count.
    const expected = start("congruent", model).outputs;
    for (const engine of engines) check(engine, expected, start(engine, model).outputs);
    const rounds = Array.from({ length: processes }, () => engines.map((engine) => start(engine, model)));
    for (const [i, engine] of engines.entries()) {
      const mine = rounds.map((round) => round[i]);
      yield {
        case: work.name,
        engine,
        imported: median(mine.map(({ imported }) => imported)),
        created: median(mine.map(({ created }) => created)),
        first: median(mine.map(({ first }) => first)),
        total: median(mine.map(total)),
        ratio: summarize(rounds.map((round) => total(round[i]) / total(round[0]))),
      };
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const total = ({ imported, created, first }) => imported + created + first;

function start(engine, model) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, engine, model], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${engine}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

function check(engine, expected, outputs) {
  const same = outputs.length === expected.length && outputs.every((v, i) => Math.abs(v - expected[i]) <= TOLERANCE);
  if (!same) throw new Error(`${engine}: its first result is not ours`);
}
