// @ts-check
import { bidirectional, CongruentError, createModel, gru } from "congruent";
import { cell, markedWith } from "./print.mjs";

/** @typedef {"tf1" | "keras" | "keras-jax" | "onnx" | "pytorch" | "tfjs"} Preset */

const presets = /** @type {const} */ (["tf1", "keras", "keras-jax", "onnx", "pytorch", "tfjs"]);

/** These take lengths, so they cannot be asked about leading padding and holes: there it is their rule, extended. */
const lengthsOnly = new Set(["tf1", "onnx", "pytorch"]);

const steps = 5;
const batch = [
  { title: "padding at the end", mask: [1, 1, 1, 0, 0], lengths: true },
  { title: "padding in front", mask: [0, 0, 1, 1, 1], lengths: false },
  { title: "a hole", mask: [1, 0, 1, 1, 1], lengths: false },
  { title: "nothing but padding", mask: [0, 0, 0, 0, 0], lengths: true },
];
const initialState = 0.5;

const layer = () =>
  gru({
    units: 1,
    returnSequences: true,
    kernel: [[0.5, -1, 1]],
    recurrentKernel: [[0.25, 0.5, -0.5]],
    bias: [
      [0, 0.5, 0.25],
      [0, 0, 0.5],
    ],
  });

/** Prints one padded batch under all six presets, forward and bidirectional. */
export function showPresets() {
  console.log(`One padded batch under six presets: a GRU of 1 unit, every row with initial state ${initialState}`);
  console.log("Padded inputs hold 1000000, to show that nothing reads them.");
  console.log(`Marked with ${markedWith}: what differs from tf1. A dot after the preset's name: that framework takes`);
  console.log("lengths, not masks; it cannot express this row, and its rule is extended to it.\n");
  show("model.run(batch, { mask, initialState, semantics: preset }), one GRU", createModel([layer()]), 1);
  show(
    "The same with bidirectional (forward / backward output)",
    createModel([bidirectional({ forward: layer(), backward: layer() })]),
    2,
  );
}

/**
 * @param {string} heading
 * @param {import("congruent").Model} model
 * @param {number} directions
 */
function show(heading, model, directions) {
  console.log(`${heading}\n`);
  const results = presets.map((semantics) => ({ semantics, rows: run(model, directions, semantics) }));
  for (const [index, { title, mask, lengths }] of batch.entries()) {
    const width = directions === 1 ? 7 : 15;
    const head = mask.map((valid) => (valid ? "real" : "pad").padStart(width)).join(" ");
    console.log(`  ${title.padEnd(20)}${head}   ${"final state".padStart(width)}`);
    const usual = results[0].rows[index];
    for (const { semantics, rows } of results) {
      const name = semantics + (lengthsOnly.has(semantics) && !lengths ? " ." : "");
      const row = rows[index];
      if (row instanceof CongruentError) {
        console.log(`    ${name.padEnd(18)}${cell("refused", true, width)} ${row.code}: ${row.message}`);
        continue;
      }
      const cells = row.map((text, at) => cell(text, usual instanceof CongruentError || text !== usual[at], width));
      console.log(`    ${name.padEnd(18)}${cells.slice(0, steps).join("")}  ${cells[steps]}`);
    }
    console.log();
  }
}

/**
 * Each row's outputs and final state as texts; or, for a row that the preset does not allow, its error.
 *
 * @param {import("congruent").Model} model
 * @param {number} directions
 * @param {Preset} semantics
 * @returns {(string[] | CongruentError)[]}
 */
function run(model, directions, semantics) {
  try {
    return runRows(model, directions, semantics, batch);
  } catch (error) {
    if (!(error instanceof CongruentError)) throw error;
    // One refused row refuses the whole batch: show the others without it.
    const allowed = batch.filter(({ mask }) => mask.includes(1));
    const rows = runRows(model, directions, semantics, allowed);
    return batch.map((row) => (allowed.includes(row) ? rows[allowed.indexOf(row)] : error));
  }
}

/**
 * @param {import("congruent").Model} model
 * @param {number} directions
 * @param {Preset} semantics
 * @param {typeof batch} rows
 * @returns {string[][]}
 */
function runRows(model, directions, semantics, rows) {
  const features = rows.map(({ mask }) => mask.map((valid, step) => [valid ? 1 - step / 2 : 1e6]));
  const { outputs, states } = model.run(features, {
    mask: rows.map(({ mask }) => mask),
    semantics,
    initialState: Array.from({ length: directions }, () => rows.map(() => [initialState])),
  });
  return rows.map((_, row) => {
    const texts = (/** @type {ArrayLike<number>} */ values) =>
      Array.from(values, (value) => value.toFixed(4)).join("/");
    const outputOf = (/** @type {number} */ step) => {
      const start = (row * steps + step) * directions;
      return texts(outputs.data.subarray(start, start + directions));
    };
    const state = texts(states.map(({ data }) => data[row]));
    return [...Array.from({ length: steps }, (_, step) => outputOf(step)), state];
  });
}
