// @ts-check
/**
 * What one would write to get a column with congruent. (framework-code.mjs: with the framework itself.)
 *
 * @typedef {import("./state.mjs").State} State
 * @typedef {import("./frameworks.mjs").Framework} Framework
 */
import { weightsOf } from "./weights.mjs";

/** @param {State} state @param {Framework} framework */
export function ourCode(state, framework) {
  const { inputs, table, maskValue, lengths, mask, units, direction, initialState, resetAfter } = state;
  const weights = weightsOf(state);
  const options = (/** @type {import("./weights.mjs").Weights} */ { kernel, recurrentKernel, bias }, more = "") => `{
    units: ${units}, returnSequences: true, resetAfter: ${resetAfter},${more}
    activation: "${state.activation}", recurrentActivation: "${state.recurrentActivation}",
    kernel: ${list(kernel)},
    recurrentKernel: ${list(recurrentKernel)},
    bias: ${list(resetAfter ? bias : bias[0])},
  }`;
  const layers = [
    ...(table ? [`embedding({ weights: ${list(table)} })`] : []),
    ...(maskValue === null ? [] : [`masking({ maskValue: ${maskValue} })`]),
    direction === "bidirectional"
      ? `bidirectional({\n  forward: ${options(weights[0])},\n  backward: ${options(weights[1], " goBackwards: true,")},\n})`
      : `gru(${options(weights[0], direction === "backwards" ? " goBackwards: true," : "")})`,
  ];
  const run = [
    ...(framework.takes === "lengths" ? [`lengths: ${list(lengths)}`] : []),
    ...(framework.takes === "nothing" ? ["mask: false"] : []),
    ...(framework.takes === "mask" && maskValue === null ? [`mask: ${bits(mask)}`] : []),
    `semantics: "${framework.semantics}"`,
    ...(initialState.some((value) => value !== 0)
      ? [`initialState: ${list(weights.map(() => initialState.map((value) => new Array(units).fill(value))))}`]
      : []),
  ];
  const names = [
    "createModel",
    ...(table ? ["embedding"] : []),
    ...(maskValue === null ? [] : ["masking"]),
    direction === "bidirectional" ? "bidirectional" : "gru",
  ];
  const batch = table ? list(inputs) : list(inputs.map((row) => row.map((value) => [value])));
  return `import { ${names.sort().join(", ")} } from "congruent";

const model = createModel([${layers.join(", ")}]);
const { outputs, states } = model.run(${batch}, {
  ${run.join(",\n  ")},
});`;
}

/** @param {unknown} value */
function list(value) {
  return JSON.stringify(value).replaceAll(",", ", ");
}

/** @param {boolean[][]} mask */
function bits(mask, yes = "1", no = "0") {
  return `[${mask.map((row) => `[${row.map((valid) => (valid ? yes : no)).join(", ")}]`).join(", ")}]`;
}
