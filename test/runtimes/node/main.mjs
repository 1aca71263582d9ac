// import, in Node: the default entry, then congruent/core with all that it takes, then the reference.
import { readFileSync } from "node:fs";
import * as congruent from "congruent";
import * as core from "congruent/core";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { runSuite } from "../suite.mjs";
import { proveNode } from "./proof.mjs";

const bytes = readFileSync(new URL(import.meta.resolve("congruent/gru.wasm")));
const headers = { "content-type": "application/wasm" };
const result = {
  ...proveNode(),
  entry: import.meta.resolve("congruent"),
  suite: runSuite(congruent),
  core: await checkCore(core, {
    bytes: () => bytes,
    ArrayBuffer: () => Uint8Array.from(bytes).buffer,
    module: () => new WebAssembly.Module(bytes),
    response: () => new Response(bytes, { headers }),
    "promise of a module": () => WebAssembly.compile(bytes),
  }),
  reference: runSuite(reference),
};
console.log(JSON.stringify(result));
