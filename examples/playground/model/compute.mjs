// @ts-check
import { bidirectional, CongruentError, createModel, embedding, gru, masking } from "congruent";
import { frameworks } from "./frameworks.mjs";
import { features } from "./state.mjs";
import { weightsOf } from "./weights.mjs";

/**
 * @typedef {import("./state.mjs").State} State
 *
 * @typedef {object} Answer of one framework
 * @property {import("./frameworks.mjs").Framework} framework
 * @property {number[][][] | null} outputs (B, T, F); null where it refuses
 * @property {number[][] | null} states (B, F): forward beside backward
 * @property {string | null} refusal what it says instead
 */

/** The stack of a state. @param {State} state */
export function layersOf(state) {
  const { units, direction, resetAfter, activation, recurrentActivation, table, maskValue } = state;
  const [forward, backward] = weightsOf(state).map(({ kernel, recurrentKernel, bias }) => ({
    units,
    kernel,
    recurrentKernel,
    bias: resetAfter ? bias : bias[0],
    activation: /** @type {import("congruent").ActivationName} */ (activation),
    recurrentActivation: /** @type {import("congruent").ActivationName} */ (recurrentActivation),
    resetAfter,
    returnSequences: true,
  }));
  const recurrent = backward
    ? bidirectional({ forward, backward: { ...backward, goBackwards: true } })
    : gru({ ...forward, goBackwards: direction === "backwards" });
  return [
    ...(table ? [embedding({ weights: table })] : []),
    ...(maskValue === null ? [] : [masking({ maskValue })]),
    recurrent,
  ];
}

/** Every framework's answer. @param {State} state @returns {Answer[]} */
export function answersOf(state) {
  const { inputs, table, maskValue, mask, lengths, units, initialState } = state;
  const model = createModel(layersOf(state));
  const steps = inputs[0].length;
  const data = table ? Int32Array.from(inputs.flat()) : Float32Array.from(inputs.flat());
  const batch = { data, shape: table ? [inputs.length, steps] : [inputs.length, steps, features(state)] };
  const directions = state.direction === "bidirectional" ? 2 : 1;
  const states = initialState.map((value) => new Array(units).fill(value));
  return frameworks.map((framework) => {
    /** @type {import("congruent").RunOptions} */
    const options = {
      semantics: framework.semantics,
      initialState: new Array(directions).fill(states),
      ...(framework.takes === "lengths" && { lengths }),
      ...(framework.takes === "nothing" && { mask: false }),
      // A masking layer makes the mask by itself.
      ...(framework.takes === "mask" && maskValue === null && { mask }),
    };
    try {
      const result = model.run(batch, options);
      const width = directions * units;
      const rowOf = (/** @type {number} */ b) =>
        result.states.flatMap(({ data }) => [...data.subarray(b * units, (b + 1) * units)]);
      return {
        framework,
        outputs: inputs.map((row, b) =>
          row.map((_, t) => [...result.outputs.data.subarray((b * steps + t) * width, (b * steps + t + 1) * width)]),
        ),
        states: inputs.map((_, b) => rowOf(b)),
        refusal: null,
      };
    } catch (error) {
      if (!(error instanceof CongruentError)) throw error;
      return { framework, outputs: null, states: null, refusal: error.message };
    }
  });
}
