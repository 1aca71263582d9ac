// What TF.js answers to the examples of the playground → test/vectors/playground.json. See make.py.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { presets } from "../../examples/playground/model/presets.mjs";
import { effectiveMask } from "../../examples/playground/model/state.mjs";
import { weightsOf } from "../../examples/playground/model/weights.mjs";

const tf = createRequire(new URL("../../bench/", import.meta.url))("@tensorflow/tfjs");
await tf.setBackend("cpu");
const target = new URL("../vectors/playground.json", import.meta.url);
const answers = JSON.parse(readFileSync(target, "utf8"));

for (const { id, state } of presets) {
  // TF.js throws for reset_after.
  if (state.resetAfter) continue;
  const both = state.direction === "bidirectional";
  const mask = effectiveMask(state);
  const x = state.inputs.map((row, b) =>
    row.map((value, t) => {
      const step = state.table ? state.table[value] : [value];
      // tf.layers.masking writes zeros over what it masks.
      return state.maskValue !== null && !mask[b][t] ? step.map(() => 0) : step;
    }),
  );
  const layer = tf.layers.gru({
    units: state.units,
    activation: state.activation,
    recurrentActivation: state.recurrentActivation,
    resetAfter: false,
    returnSequences: true,
    returnState: true,
    goBackwards: state.direction === "backwards",
  });
  const rnn = both ? tf.layers.bidirectional({ layer, mergeMode: "concat" }) : layer;
  const weights = weightsOf(state).flatMap(({ kernel, recurrentKernel, bias }) => [
    tf.tensor2d(kernel),
    tf.tensor2d(recurrentKernel),
    tf.tensor1d(bias[0]),
  ]);
  const h0 = tf.tensor2d(state.initialState.map((value) => new Array(state.units).fill(value)));
  const input = tf.tensor3d(x);
  rnn.build(input.shape);
  rnn.setWeights(weights);
  const maskTensor = tf.tensor2d(
    mask.map((row) => row.map(Number)),
    undefined,
    "bool",
  );
  const [outputs, ...states] = rnn.call(input, { mask: maskTensor, initialState: both ? [h0, h0] : [h0] });
  answers[id].tfjs = {
    by: `tfjs-layers ${tf.version["tfjs-layers"]}`,
    outputs: outputs.arraySync(),
    states: tf.concat(states, 1).arraySync(),
  };
}
writeFileSync(target, `${JSON.stringify(answers).replaceAll(']]},"', ']]},\n"')}\n`);
