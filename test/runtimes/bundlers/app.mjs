import { createModel, gru } from "congruent";

const linear = { activation: "linear", recurrentActivation: "linear", resetAfter: false };
const weights = { kernel: [1, 1, 1, 1, 1, 1], recurrentKernel: [0, 0, 0], bias: [1, 1, 1] };
console.log(
  "answer",
  createModel([gru({ units: 1, ...linear, ...weights })]).run([
    [
      [1, 1],
      [2, 2],
      [1, 1],
    ],
  ]).outputs.data[0],
);
