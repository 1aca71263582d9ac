// @ts-check
// The examples of the page with their weights, as JSON, for make.py.
import { presets } from "../../examples/playground/model/presets.mjs";
import { weightsOf } from "../../examples/playground/model/weights.mjs";

console.log(JSON.stringify(presets.map(({ id, state }) => ({ id, state, weights: weightsOf(state) }))));
