// @ts-check
import { createModel, gru } from "congruent";
import { layers } from "./seed.mjs";

/** Times one streamed step. */
export function showStep() {
  console.log("One streamed step, the fastest of 50 batches of steps");
  const token = Int32Array.of(1);
  console.log(`  the seed's model                ${time(createModel(layers), token, 1)} ns`);
  for (const size of [8, 32, 128]) {
    console.log(
      `  GRU, ${String(size).padStart(3)} inputs, ${String(size).padStart(3)} units       ${time(square(size), new Float32Array(size).fill(0.1), size)} ns`,
    );
  }
}

/** @param {number} size */
function square(size) {
  const matrix = () => Array.from({ length: size }, () => Array.from({ length: 3 * size }, () => Math.random() - 0.5));
  return createModel([
    gru({ units: size, returnSequences: true, useBias: false, kernel: matrix(), recurrentKernel: matrix() }),
  ]);
}

/**
 * @param {import("congruent").Model} model
 * @param {Float32Array | Int32Array} frame
 * @param {number} units
 * @returns {string} nanoseconds
 */
function time(model, frame, units) {
  const stream = model.stream();
  const out = new Float32Array(units);
  const count = 2000;
  let fastest = Number.POSITIVE_INFINITY;
  for (let batch = 0; batch < 50; batch++) {
    const start = process.hrtime.bigint();
    for (let step = 0; step < count; step++) stream.step(frame, out);
    fastest = Math.min(fastest, Number(process.hrtime.bigint() - start) / count);
  }
  return fastest.toFixed(0).padStart(7);
}
