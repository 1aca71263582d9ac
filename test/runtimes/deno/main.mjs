// Deno, without a single permission: no file may be read, so the module of congruent/core comes by a source-phase import.
import * as congruent from "congruent";
import * as core from "congruent/core";
import source kernel from "congruent/gru.wasm";
import * as int8 from "congruent/int8";
import source relaxed from "congruent/int8.wasm";
import source plain from "congruent/int8-plain.wasm";
import * as load from "congruent/load";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { engine } from "../engine.mjs";
import { checkFile } from "../file.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite } from "../suite.mjs";

if (engine() !== "V8") throw new Error(`not Deno: ${engine()}`);
const permissions = ["read", "write", "net", "env", "run", "ffi", "sys"].filter(
  (name) => Deno.permissions.querySync({ name }).state === "granted",
);
if (permissions.length > 0) throw new Error(`granted: ${permissions}`);
const result = {
  version: Deno.version.deno,
  engine: `V8 ${Deno.version.v8.split(".").slice(0, 2).join(".")}`,
  entry: import.meta.resolve("congruent"),
  suite: runSuite(congruent),
  int8: runInt8(int8, {
    "core, int8.wasm": () => core.createKernel(relaxed),
    "core, int8-plain.wasm": () => core.createKernel(plain),
    reference: () => reference,
  }),
  core: await checkCore(core, { module: () => kernel, "promise of a module": () => Promise.resolve(kernel) }),
  checks: [
    ...(await checkFile("congruent", congruent.loadModel)),
    ...(await checkFile("congruent/load", (source) => load.loadModel(source, core.createKernel(kernel)))),
    ...(await checkFile("congruent/reference", reference.loadModel)),
    ...(await checkFile("congruent/int8", int8.loadModel)),
  ],
  reference: runSuite(reference),
};
console.log(JSON.stringify(result));
