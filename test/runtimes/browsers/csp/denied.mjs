// Without 'wasm-unsafe-eval' no page may compile WebAssembly: the error says what to do, and the reference works.
import * as congruent from "/node_modules/congruent/dist/index.js";
import * as congruentInt8 from "/node_modules/congruent/dist/int8.js";
import * as reference from "/node_modules/congruent/dist/reference.js";
import { engine } from "../../engine.mjs";
import { runInt8 } from "../../int8.mjs";
import { seedLayers } from "../../seed.mjs";
import { check, runSuite } from "../../suite.mjs";
import { answer, assertPolicy } from "./policy.mjs";

answer(() => {
  assertPolicy();
  const checks = [congruent, congruentInt8].map((library) => check("a clear message", () => refused(library)));
  const int8 = runInt8({ ...congruentInt8, createModel: reference.createModel }, {}, "reference");
  return { engine: engine(), suite: runSuite(reference), int8, checks };
});

function refused(library) {
  try {
    library.createModel(seedLayers(library));
  } catch (error) {
    const { code, message } = error;
    const wanted = ["'wasm-unsafe-eval'", "Content-Security-Policy", "congruent/reference"];
    if (code !== "wasm" || !wanted.every((part) => message.includes(part))) throw error;
    return `${code}: ${message}`;
  }
  throw new Error("compiled");
}
