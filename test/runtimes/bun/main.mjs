// Bun: the default entry, congruent/core with files of Bun's own, the reference.
import { fileURLToPath } from "node:url";
import * as congruent from "congruent";
import * as core from "congruent/core";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { engine } from "../engine.mjs";
import { runSuite } from "../suite.mjs";

if (!process.versions.bun || engine() !== "JavaScriptCore") throw new Error(`not Bun: ${engine()}`);
const file = Bun.file(fileURLToPath(import.meta.resolve("congruent/gru.wasm")));
const bytes = await file.bytes();
const result = {
  version: Bun.version,
  engine: "JavaScriptCore",
  entry: import.meta.resolve("congruent"),
  suite: runSuite(congruent),
  core: await checkCore(core, {
    bytes: () => bytes,
    file: () => file,
    module: () => new WebAssembly.Module(bytes),
    response: () => new Response(file),
  }),
  reference: runSuite(reference),
};
console.log(JSON.stringify(result));
