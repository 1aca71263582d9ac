// @ts-check
// The whole RNNoise network, frame by frame over real audio features, compared with what its own C code gave.
// Usage: node examples/rnnoise/main.mjs FOLDER

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createNetwork, sizes } from "./network.mjs";

const folder = process.argv[2];
if (!folder) {
  console.error("usage: node examples/rnnoise/main.mjs FOLDER (with weights_int8.json and noisy600.*.f32)");
  process.exit(2);
}

/** The C code looks tanh up in a table of 201 entries: this is what that costs. */
const tolerance = 1e-4;

const read = (/** @type {string} */ file) => {
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, file));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
};
const features = read("noisy600.x.f32");
const frames = features.length / sizes.features;
const frame = (/** @type {number} */ index) => features.subarray(index * sizes.features, (index + 1) * sizes.features);

const network = createNetwork(folder);
const compared = [
  { name: "gains", given: network.gains, expected: read("noisy600.gains_c.f32"), largest: 0 },
  { name: "voice activity", given: network.vad, expected: read("noisy600.vad_c.f32"), largest: 0 },
  { name: "VAD GRU state", given: network.vadState, expected: read("noisy600.vad_gru_c.f32"), largest: 0 },
  { name: "noise GRU state", given: network.noiseState, expected: read("noisy600.noise_gru_c.f32"), largest: 0 },
  { name: "denoise GRU state", given: network.denoiseState, expected: read("noisy600.denoise_gru_c.f32"), largest: 0 },
];
for (let index = 0; index < frames; index++) {
  network.process(frame(index));
  for (const part of compared) {
    part.given.forEach((value, at) => {
      const deviation = Math.abs(value - part.expected[index * part.given.length + at]);
      // A NaN must not look like agreement.
      part.largest = Number.isNaN(deviation) ? Number.POSITIVE_INFINITY : Math.max(part.largest, deviation);
    });
  }
}

console.log(`RNNoise over ${frames} frames: largest deviation from the original C code`);
for (const { name, largest } of compared) console.log(`  ${name.padEnd(20)}${largest.toExponential(1)}`);

const timed = createNetwork(folder);
let fastest = Number.POSITIVE_INFINITY;
for (let pass = 0; pass < 20; pass++) {
  const start = process.hrtime.bigint();
  for (let index = 0; index < frames; index++) timed.process(frame(index));
  fastest = Math.min(fastest, Number(process.hrtime.bigint() - start) / 1000 / frames);
}
console.log(`time per frame: ${fastest.toFixed(2)} µs (a frame is 10,000 µs of sound; fastest of 20 passes)`);

if (compared.some(({ largest }) => largest > tolerance)) {
  console.error(`deviation over ${tolerance}: this is not RNNoise`);
  process.exitCode = 1;
}
