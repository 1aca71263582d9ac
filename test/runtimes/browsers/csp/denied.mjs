// Without 'wasm-unsafe-eval' no page may compile WebAssembly: the error says what to do, and the reference works.
import * as congruent from "/node_modules/congruent/dist/index.js";
import * as reference from "/node_modules/congruent/dist/reference.js";
import { engine } from "../../engine.mjs";
import { seedLayers } from "../../seed.mjs";
import { check, runSuite } from "../../suite.mjs";
import { answer, assertPolicy } from "./policy.mjs";

answer(() => {
  assertPolicy();
  return { engine: engine(), suite: runSuite(reference), checks: [check("a clear message", refused)] };
});

function refused() {
  try {
    congruent.createModel(seedLayers(congruent));
  } catch (error) {
    const { code, message } = error;
    const wanted = ["'wasm-unsafe-eval'", "Content-Security-Policy", "congruent/reference"];
    if (code !== "wasm" || !wanted.every((part) => message.includes(part))) throw error;
    return `${code}: ${message}`;
  }
  throw new Error("compiled");
}
