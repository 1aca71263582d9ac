// @ts-check
// The trained network over its held-out texts: compared with Keras's own probabilities, and timed.
// Usage: node examples/language-id/evaluate.mjs

import { readFile } from "node:fs/promises";
import { loadModel } from "congruent";

const folder = new URL("model/", import.meta.url);
const read = (/** @type {string} */ name) => readFile(new URL(name, folder));

/** Two float32 implementations of 100 steps, each within a few ulp of the real numbers. */
const tolerance = 1e-5;
const passes = 5;

/** @type {{ code: string, name: string }[]} */
const labels = JSON.parse((await read("labels.json")).toString());
/** @type {{ language: string, text: string }[]} */
const texts = (await read("heldout.jsonl"))
  .toString()
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line));
const expected = new Float32Array(new Uint8Array(await read("heldout.probabilities.f32")).buffer);
const model = await loadModel(await read("language-id.safetensors"));

const ids = texts.map(({ text }) => Array.from(new TextEncoder().encode(text), (byte) => byte + 1));
const given = model.run(ids).outputs.data;
if (given.length !== expected.length) throw new Error(`${given.length} probabilities, Keras has ${expected.length}`);

let deviation = 0;
given.forEach((value, at) => {
  const distance = Math.abs(value - expected[at]);
  // A NaN must not look like agreement.
  deviation = Number.isNaN(distance) ? Number.POSITIVE_INFINITY : Math.max(deviation, distance);
});
const best = (/** @type {Float32Array} */ data, /** @type {number} */ row) => {
  const probabilities = data.subarray(row * labels.length, (row + 1) * labels.length);
  return labels[probabilities.indexOf(Math.max(...probabilities))].code;
};
const right = texts.filter(({ language }, row) => best(given, row) === language).length;
const agreeing = texts.filter((_, row) => best(given, row) === best(expected, row)).length;

console.log(`${texts.length} held-out texts of 10 to 100 bytes, ${labels.length} languages`);
console.log(`  right: ${right} (${((100 * right) / texts.length).toFixed(1)} %)`);
console.log(`  same answer as Keras: ${agreeing}`);
console.log(`  largest deviation from Keras's probabilities: ${deviation.toExponential(1)}`);

const stream = model.stream();
const token = new Int32Array(1);
const probabilities = new Float32Array(labels.length);
const steps = ids.reduce((sum, row) => sum + row.length, 0);
/** Fastest of some passes, in µs for each of `count`. */
const time = (/** @type {() => void} */ work, /** @type {number} */ count) => {
  let fastest = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < passes; pass++) {
    const start = process.hrtime.bigint();
    work();
    fastest = Math.min(fastest, Number(process.hrtime.bigint() - start) / 1000 / count);
  }
  return fastest;
};
const alone = time(() => {
  for (const row of ids) model.run([row]);
}, ids.length);
const together = time(() => void model.run(ids), ids.length);
const streamed = time(() => {
  for (const row of ids) {
    stream.reset();
    for (const id of row) {
      token[0] = id;
      stream.step(token, probabilities);
    }
  }
}, steps);
console.log(`time (fastest of ${passes}), texts of ${(steps / ids.length).toFixed(0)} bytes on average`);
console.log(`  one text: ${alone.toFixed(0)} µs`);
console.log(`  a text in one batch of all: ${together.toFixed(0)} µs`);
console.log(`  a byte of a stream, probabilities each time: ${streamed.toFixed(2)} µs`);

if (deviation > tolerance || agreeing < texts.length) {
  console.error(`not the network that Keras has (tolerance ${tolerance})`);
  process.exitCode = 1;
}
