import { describe, expect, it } from "vitest";
import { createModel } from "../../src/index.ts";
import { embedding, gru } from "../../src/kernel/layers.ts";
import { createModel as createReference } from "../../src/reference/index.ts";
import { bits, Random } from "../property/random.ts";

/** Of 64 rows with 40 features a block holds 12 steps, and more of fewer rows: so rows end in every block, and between. */
const [ROWS, STEPS, INPUTS, UNITS] = [70, 90, 40, 7];

const random = new Random(1);
const weights = {
  units: UNITS,
  kernel: { data: random.floats(INPUTS * 3 * UNITS), shape: [INPUTS, 3 * UNITS] },
  recurrentKernel: { data: random.floats(UNITS * 3 * UNITS), shape: [UNITS, 3 * UNITS] },
  bias: random.floats(3 * UNITS),
};
const input = { data: random.floats(ROWS * STEPS * INPUTS), shape: [ROWS, STEPS, INPUTS] };
const ids = { data: Int32Array.from({ length: ROWS * STEPS }, () => random.whole(0, 4)), shape: [ROWS, STEPS] };
const initialState = [random.floats(ROWS * UNITS)];
const lengths = Int32Array.from({ length: ROWS }, (_, row) => Math.floor(STEPS / (1 + (row % 13))) * Number(row !== 5));

/** The rows' lengths with holes, and with padding in front. */
const mask = new Uint8Array(ROWS * STEPS);
lengths.forEach((length, row) => {
  const first = row % 3 ? 0 : Math.floor(length / 2);
  for (let t = first; t < length; t++) mask[row * STEPS + t] = Number(row % 4 === 0 || random.chance(0.7));
});

const paddings = ["zero", "carry-output", "carry-state", { value: -2.5 }] as const;

/** One that orders backward outputs by input time, and one that orders them as they were processed. */
describe.each(["tf1", "keras"] as const)("over several blocks, as %s, the reference's bits come", (preset) => {
  for (const goBackwards of [false, true]) {
    it.each([
      { name: "lengths", validity: { lengths } },
      { name: "a mask", validity: { mask: { data: mask, shape: [ROWS, STEPS] } } },
    ])(`with $name${goBackwards ? ", backwards" : ""}`, ({ validity }) => {
      const layers = [gru({ ...weights, goBackwards, returnSequences: true })];
      const [model, reference] = [createModel(layers), createReference(layers)];
      for (const paddedOutput of paddings) {
        for (const start of [{}, { initialState }]) {
          const options = {
            ...validity,
            ...start,
            semantics: { preset, emptyState: "initial", paddedOutput },
          } as const;
          const [actual, expected] = [model, reference].map((each) => each.run(input, options));
          const place = JSON.stringify(paddedOutput);
          expect(bits(actual.outputs.data), place).toEqual(bits(expected.outputs.data));
          expect(bits(actual.states[0].data), place).toEqual(bits(expected.states[0].data));
        }
      }
    });
  }
});

it("over several blocks of ids the reference's bits come", () => {
  const table = { data: random.floats(5 * INPUTS), shape: [5, INPUTS] };
  const layers = [embedding({ weights: table }), gru({ ...weights, returnSequences: true })];
  const [actual, expected] = [createModel(layers), createReference(layers)].map((model) => model.run(ids, { lengths }));
  expect(bits(actual.outputs.data)).toEqual(bits(expected.outputs.data));
});

describe("a row without a valid step gives the reference's last output, and its state", () => {
  const settled = [
    { emptyState: "zero", lastOutput: "step" },
    { emptyState: "zero", lastOutput: "state" },
    { emptyState: "initial", lastOutput: "step" },
    { emptyState: "initial", lastOutput: "state" },
  ] as const;

  it.each(settled)("$emptyState, $lastOutput", (rules) => {
    for (const goBackwards of [false, true]) {
      const layers = [gru({ ...weights, goBackwards })];
      for (const paddedOutput of paddings) {
        const options = { lengths, initialState, semantics: { ...rules, paddedOutput } };
        const [actual, expected] = [createModel(layers), createReference(layers)].map((m) => m.run(input, options));
        const place = JSON.stringify({ goBackwards, paddedOutput });
        expect(bits(actual.outputs.data), place).toEqual(bits(expected.outputs.data));
        expect(bits(actual.states[0].data), place).toEqual(bits(expected.states[0].data));
      }
    }
  });
});
