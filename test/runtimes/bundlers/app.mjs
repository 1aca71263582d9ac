import { createModel, gru, loadModel } from "congruent";
import { modelFile } from "./file.mjs";

const linear = { activation: "linear", recurrentActivation: "linear", resetAfter: false };
const weights = { kernel: [1, 1, 1, 1, 1, 1], recurrentKernel: [0, 0, 0], bias: [1, 1, 1] };
const { outputs } = createModel([gru({ units: 1, ...linear, ...weights })]).run([
  [
    [1, 1],
    [2, 2],
    [1, 1],
  ],
]);
// The code that reads files is imported now: bundlers make a file of its own of it, or not.
loadModel(modelFile()).then((model) => {
  console.log("answer", outputs.data[0], "deviation", model.verify().deviation);
});
