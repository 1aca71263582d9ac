// 'wasm-unsafe-eval' is all that congruent needs.
import * as congruent from "/node_modules/congruent/dist/index.js";
import { engine } from "../../engine.mjs";
import { runSuite } from "../../suite.mjs";
import { answer, assertPolicy } from "./policy.mjs";

answer(() => {
  assertPolicy();
  return { engine: engine(), suite: runSuite(congruent) };
});
