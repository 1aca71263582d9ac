/** The shapes that are measured: a square sweep, and real models. */
import { seeded } from "./seeded.mjs";
import { bidirectionalLayer, denseLayer, embeddingLayer, gruLayer, workload } from "./workload.mjs";

/** I = H */
export const sizes = [8, 16, 32, 64, 128, 256, 512];

/**
 * @typedef {object} Square
 * @property {number} units I = H
 * @property {number} batch
 * @property {number} steps
 * @property {boolean} resetAfter
 * @property {boolean} carried
 */

/**
 * One GRU with I = H. A single step is measured twice: as a step of a stream, whose state is carried on, and as a run.
 *
 * @param {boolean} quick
 * @returns {Square[]}
 */
export function sweepShapes(quick) {
  const shapes = [];
  for (const resetAfter of [true, false]) {
    for (const units of quick ? sizes.filter((size) => size !== 16) : sizes) {
      for (const batch of quick ? [1, 32] : [1, 8, 32, 64]) {
        for (const steps of [1, 32, 128]) {
          if (quick && !isQuick(batch, steps, resetAfter)) continue;
          const shape = { units, batch, steps, resetAfter };
          if (steps === 1) shapes.push({ ...shape, carried: true });
          if (steps > 1 || (batch === 1 && !quick)) shapes.push({ ...shape, carried: false });
        }
      }
    }
    shapes.push({ units: 8, batch: 1, steps: 1000, resetAfter, carried: false });
  }
  return shapes;
}

/** Quick runs keep the shapes that have bars. */
function isQuick(batch, steps, resetAfter) {
  if (batch === 1) return steps === 1 || (steps === 128 && resetAfter);
  return steps === 32;
}

/** @param {Square} shape */
export function squareWorkload({ units, batch, steps, resetAfter, carried }) {
  const call = carried ? "step" : `T=${steps}`;
  const name = `H=${units} B=${batch} ${call}, reset ${resetAfter ? "after" : "before"}`;
  return workload(name, [[gruLayer(units, units, { resetAfter })]], { batch, steps, carried });
}

/**
 * Lengths of a batch.
 *
 * @param {"full" | "uniform" | "zipf"} kind all T; uniform in 1..T; or P(n) ∝ 1/n
 * @param {number} batch
 * @param {number} steps
 * @param {number} seed
 * @returns {Int32Array}
 */
export function lengthsOf(kind, batch, steps, seed = 7) {
  const random = seeded(seed);
  for (let i = 0; i < 16; i++) random();
  const draw = {
    full: () => steps,
    uniform: () => 1 + Math.floor(random() * steps),
    zipf: () => zipf(random(), steps),
  }[kind];
  return Int32Array.from({ length: batch }, draw);
}

/** The n in 1..max at which the cumulative weight of 1/n passes a quantile. */
function zipf(quantile, max) {
  let left = quantile * Array.from({ length: max }, (_, i) => 1 / (i + 1)).reduce((sum, weight) => sum + weight, 0);
  for (let n = 1; n < max; n++) {
    left -= 1 / n;
    if (left < 0) return n;
  }
  return max;
}

/** Models in the field, by their layers' shapes. @returns {import("./workload.mjs").Workload[]} */
export function realModels() {
  const before = { resetAfter: false };
  const noise = { resetAfter: false, activation: /** @type {const} */ ("relu") };
  const dfn3 = () => [gruLayer(256, 256), gruLayer(256, 256), gruLayer(256, 256)];
  const keyword = (units) => [[gruLayer(10, units, { ...before, returnSequences: false })]];
  return [
    workload("rnnoise, a frame", [[gruLayer(24, 24, noise)], [gruLayer(90, 48, noise)], [gruLayer(114, 96, noise)]], {
      carried: true,
    }),
    workload("gtcrn inter-frame, a frame", [[gruLayer(8, 8)]], { batch: 33, carried: true }),
    workload("gtcrn intra-frame", [[bidirectionalLayer(8, 4)]], { steps: 33 }),
    workload("dfn3, a frame", [dfn3()], { carried: true }),
    workload("dfn3, 100 frames", [dfn3()], { steps: 100 }),
    workload("keyword spotting 154", keyword(154), { steps: 25 }),
    workload("keyword spotting 250", keyword(250), { steps: 25 }),
    workload("keyword spotting 400", keyword(400), { steps: 49 }),
    workload("sign language", signLanguage(true), { steps: 32 }),
    workload("language id, B=1", languageId(), { steps: 64 }),
    workload("language id, B=64", languageId(), { batch: 64, steps: 64, lengths: lengthsOf("uniform", 64, 64) }),
    workload("session recommendation 100", session(100), {
      batch: 32,
      steps: 20,
      lengths: lengthsOf("zipf", 32, 20),
    }),
    workload("session recommendation 512", session(512), {
      batch: 64,
      steps: 20,
      lengths: lengthsOf("zipf", 64, 20),
    }),
  ];
}

/** @param {boolean} resetAfter */
export function signLanguage(resetAfter) {
  return [[bidirectionalLayer(84, 48, { resetAfter }), bidirectionalLayer(96, 32, { resetAfter })]];
}

/** Bytes of text → one of 20 languages. */
export function languageId() {
  return [[embeddingLayer(257, 32), gruLayer(32, 96, { returnSequences: false }), denseLayer(96, 20)]];
}

/** The session's items → its state, which a catalogue is then scored with. */
function session(units) {
  return [[embeddingLayer(3000, units), gruLayer(units, units, { returnSequences: false })]];
}
