// Every activation over every one of the 2³² f32 bit patterns: the kernel's error against float64, and the kernel's bits
// against the reference's. Some minutes on two threads. Usage, after `npm run build:wasm`:
//
//   node test/activation-exhaustive.mjs [--wasm=build/gru.wasm] [name …]
//
// The error is measured on every pattern. The reference is compared on every pattern with 2⁻⁴⁰ ≤ |x| < 128 for sigmoid
// and tanh (beyond lie straight lines), on every 17th of those for the others, and on every 61st elsewhere.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import * as esbuild from "esbuild";

const THREADS = 2;
/** Patterns that share their upper half are one block. */
const BLOCK = 65536;

if (isMainThread) await main();
else await work(workerData);

async function main() {
  const options = process.argv.slice(2);
  const wasm = options.find((option) => option.startsWith("--wasm="))?.slice("--wasm=".length);
  const path = wasm ?? fileURLToPath(new URL("../build/gru.wasm", import.meta.url));
  const bundle = await esbuild.build({
    stdin: {
      contents: `
        export { resolveActivation } from "./src/activation.ts";
        export { activate } from "./src/reference/activation.ts";
        export { truths } from "./test/activation-truth.ts";`,
      resolveDir: fileURLToPath(new URL("..", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    write: false,
  });
  const code = bundle.outputFiles[0].text;
  const { truths } = await importText(code);
  const given = options.filter((option) => !option.startsWith("--"));
  const names = given.length ? given : Object.keys(truths);
  const data = { wasm: readFileSync(path), code };
  let passed = 0;
  let failed = 0;
  for (const name of names) {
    const start = performance.now();
    // New threads for each name: one that has seen one function only compiles it into its loop.
    const parts = Array.from({ length: THREADS }, (_, part) => run({ ...data, name, part }));
    const report = (await Promise.all(parts)).reduce(join);
    const truth = truths[name];
    const problems = [
      !(report.ulps.most <= truth.ulps) && `more than ${truth.ulps} ulp`,
      !(report.denormals.most <= truth.denormals) && `more than ${truth.denormals} × 2⁻¹⁴⁹`,
      !(report.absolute.most <= truth.absolute) && `more than ${truth.absolute}`,
      report.wrong.count > 0 && `${report.wrong.count} NaN or Infinity out of place, as at ${report.wrong.at}`,
      report.different.count > 0 && `${report.different.count} unlike the reference, as at ${report.different.at}`,
      report.patterns !== 2 ** 32 && `${report.patterns} patterns`,
    ].filter(Boolean);
    if (problems.length) failed++;
    else passed++;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(
      `${problems.length ? "FAIL" : "ok  "} ${name.padEnd(16)} ${seconds.padStart(3)} s  ` +
        `${truth.ulps === Infinity ? "unbounded" : show(report.ulps)} ulp${truth.ulps === Infinity ? "" : ` (${report.rounded} from the rounded value)`}, denormal ${show(report.denormals)}, ` +
        `|x| ≤ 8 ${show(report.absolute)}; reference compared on ${report.compared}${problems.map((p) => `; ${p}`).join("")}`,
    );
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

/** One part of one activation's blocks → a report. */
function run(data) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data });
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

function show({ most, at }) {
  return most === 0 ? "0" : `${most.toPrecision(5)} at ${at}`;
}

/** Two parts' reports → one. */
function join(a, b) {
  const most = (key) => (a[key].most >= b[key].most ? a[key] : b[key]);
  const all = (key) => ({ count: a[key].count + b[key].count, at: a[key].at ?? b[key].at });
  return {
    ulps: most("ulps"),
    denormals: most("denormals"),
    absolute: most("absolute"),
    rounded: Math.max(a.rounded, b.rounded),
    wrong: all("wrong"),
    different: all("different"),
    compared: a.compared + b.compared,
    patterns: a.patterns + b.patterns,
  };
}

function importText(code) {
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}

async function work({ wasm, code, name, part }) {
  const { resolveActivation, activate, truths } = await importText(code);
  const kernel = new WebAssembly.Instance(new WebAssembly.Module(wasm), {}).exports;
  const place = kernel.heapBase();
  const at = 4 * place;
  const missing = at + BLOCK * 4 - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  const patterns = new Uint32Array(BLOCK);
  const inputs = new Float32Array(patterns.buffer);
  const outputs = new Float32Array(kernel.memory.buffer, at, BLOCK);
  const outputBits = new Uint32Array(kernel.memory.buffer, at, BLOCK);
  const single = new Float32Array(1);
  const singleBits = new Uint32Array(single.buffer);
  const double = new Float64Array(1);
  const doubleBits = new Uint32Array(double.buffer);
  const toUlps = Float64Array.from({ length: 2047 }, (_, e) => 2 ** Math.min(1023 + 23 - e, 149));

  const truth = truths[name];
  const parameters = Object.fromEntries(["alpha", "beta"].filter((key) => truth[key]).map((key) => [key, truth[key]]));
  const activation = resolveActivation({ name, ...parameters }, name);
  const report = {
    ulps: { most: 0, at: 0 },
    denormals: { most: 0, at: 0 },
    absolute: { most: 0, at: 0 },
    rounded: 0,
    wrong: { count: 0, at: null },
    different: { count: 0, at: null },
    compared: 0,
    patterns: 0,
  };
  for (let block = part; block < BLOCK; block += THREADS) {
    for (let i = 0, pattern = block * BLOCK; i < BLOCK; i++) patterns[i] = pattern + i;
    outputs.set(inputs);
    kernel.activate(activation.code, place, BLOCK / 4, activation.alpha, activation.beta);
    const edge = edgeOf(block);
    measure(report, truth, edge);
    compare(report, activation, edge < 0 ? (name === "sigmoid" || name === "tanh" ? 1 : 17) : 61, block);
    report.patterns += BLOCK;
  }
  parentPort.postMessage(report);

  /** Which of a truth's edges the block lies in, -1 for none. */
  function edgeOf(block) {
    const exponent = ((block >> 7) & 0xff) - 127;
    if (exponent < -40) return block >> 15 ? 1 : 2;
    return exponent < 7 ? -1 : block >> 15 ? 0 : 3;
  }

  function measure(report, truth, edge) {
    const line = edge >= 0 ? truth.edges?.[edge] : undefined;
    const { of } = truth;
    const a = line ? line[0] : 0;
    const b = line ? line[1] : 0;
    for (let i = 0; i < BLOCK; i++) {
      const x = inputs[i];
      const y = outputs[i];
      const expected = line ? (b === 0 && !Number.isNaN(x) ? a : a + b * x) : of(x);
      if (y === expected) continue;
      single[0] = expected;
      if (single[0] === y) {
        // The infinity that the truth rounds to, or the nearest number: at most half a unit off.
        if (Math.abs(y) === Infinity) continue;
      } else if (!Number.isFinite(y) || Number.isNaN(expected)) {
        if (Number.isNaN(y) && Number.isNaN(expected)) continue;
        // Next to the largest number, Infinity is as near as another neighbour.
        const steps = Math.abs(outputBits[i] - singleBits[0]);
        if (steps <= truth.ulps && Math.abs(y) === Infinity && Math.abs(expected) > 3.4e38) continue;
        report.wrong.count++;
        report.wrong.at ??= x;
        continue;
      }
      const error = Math.abs(y - expected);
      if (Math.abs(x) <= 8 && error > report.absolute.most) report.absolute = { most: error, at: x };
      double[0] = expected;
      const ulps = error * toUlps[(doubleBits[1] >>> 20) & 0x7ff];
      if (Math.abs(single[0]) >= 1.1754943508222875e-38) {
        if (ulps > report.ulps.most) report.ulps = { most: ulps, at: x };
        if (ulps > 0.5) report.rounded = Math.max(report.rounded, Math.abs(outputBits[i] - singleBits[0]));
      } else if (ulps > report.denormals.most) report.denormals = { most: ulps, at: x };
    }
  }

  function compare(report, activation, stride, block) {
    const first = (stride - ((block * BLOCK) % stride)) % stride;
    for (let i = first; i < BLOCK; i += stride) {
      report.compared++;
      single[0] = activate(activation, inputs[i]);
      if (singleBits[0] === outputBits[i]) continue;
      if (Number.isNaN(single[0]) && Number.isNaN(outputs[i])) continue;
      report.different.count++;
      report.different.at ??= inputs[i];
    }
  }
}
