// @ts-check
import { createModel, embedding, gru, masking } from "congruent";
import * as reference from "congruent/reference";
import { rows } from "./print.mjs";

// Two sequences of tokens, 3 and 4 steps long, padded with 0 to 5. The second one begins with a 0 of its own.
export const tokens = [
  [1, 2, 1, 0, 0],
  [0, 1, 2, 1, 0],
];
const lengths = [3, 4];

const table = embedding({
  weights: [
    [0.37, 0.37],
    [1, 1],
    [2, 2],
  ],
});
export const layers = [
  table,
  masking({ maskValue: 0.37 }),
  gru({
    units: 1,
    activation: "linear",
    recurrentActivation: "linear",
    resetAfter: false,
    returnSequences: true,
    kernel: [
      [1, 1, 1],
      [1, 1, 1],
    ],
    recurrentKernel: [[0, 0, 0]],
    bias: [1, 1, 1],
  }),
];

const experiments = [
  {
    name: "m1",
    layers,
    options: { mask: /** @type {const} */ (false) },
    how: "model.run(tokens, { mask: false })",
    why: "Keras without a mask: padding is data. The GRU runs on over it, and starts row 2 with it.",
  },
  {
    name: "m2",
    layers,
    options: {},
    how: "model.run(tokens)",
    why: "Keras with the mask of its Masking layer: a masked step is skipped; state and output are carried over it.",
  },
  {
    name: "old",
    layers,
    options: { lengths },
    how: `model.run(tokens, { lengths: [${lengths.join(", ")}] })`,
    why: "tf.nn.dynamic_rnn: zeros behind each row's end. Inside its length, every step counts.",
  },
];

/** Prints the seed's four outputs. */
export function showSeed() {
  console.log("The experiment: embedding -> masking -> GRU over two padded rows\n");
  console.log(`tokens  ${tokens.map((row) => row.join(" ")).join("\n        ")}\n`);

  const { outputs: embedded } = createModel([table]).run(tokens);
  console.log(`m0      ${"createModel([embedding]).run(tokens): no zero anywhere"}`);
  const [, time, features] = embedded.shape;
  const lines = rows({ data: embedded.data, shape: [tokens.length * time, features] });
  for (let step = 0; step < time; step++) console.log(`        [${lines[step]}]    [${lines[time + step]}]`);

  for (const { name, layers, options, how, why } of experiments) {
    const { outputs } = createModel(layers).run(tokens, options);
    const twin = reference.createModel(layers).run(tokens, options);
    console.log(`\n${name.padEnd(8)}${how}\n        ${why}`);
    for (const line of rows(outputs)) console.log(`        [${line}]`);
    const same = outputs.data.every((value, index) => Object.is(value, twin.outputs.data[index]));
    console.log(`        congruent/reference gives ${same ? "the same bits" : "OTHER BITS"}`);
  }
  console.log(`
So: identical on every step that is real (row 1: -6 -50 -156 in all three), different on padding:
computed, carried or zeroed. Row 2's first 0 is skipped by the mask, but inside the length: there m2 carries
its initial output 0, and old runs the cell over Masking's zeros, which happens to give 0 too.
`);
}
