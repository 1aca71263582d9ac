// 'wasm-unsafe-eval' is all that congruent needs.
import * as congruent from "/node_modules/congruent/dist/index.js";
import * as congruentInt8 from "/node_modules/congruent/dist/int8.js";
import { engine } from "../../engine.mjs";
import { runInt8 } from "../../int8.mjs";
import { runSuite } from "../../suite.mjs";
import { answer, assertPolicy } from "./policy.mjs";

answer(() => {
  assertPolicy();
  return { engine: engine(), suite: runSuite(congruent), int8: runInt8(congruentInt8) };
});
