// import, in Node: the default entry, then congruent/core with all that it takes, then the reference.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as congruent from "congruent";
import * as core from "congruent/core";
import * as load from "congruent/load";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { checkFile, modelFile } from "../file.mjs";
import { runSuite } from "../suite.mjs";
import { proveNode } from "./proof.mjs";

const bytes = readFileSync(new URL(import.meta.resolve("congruent/gru.wasm")));
const folder = mkdtempSync(join(tmpdir(), "congruent-"));
const path = join(folder, "model.safetensors");
writeFileSync(path, modelFile());
const files = { path: () => path, "file URL": () => pathToFileURL(path) };
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
  checks: [
    ...(await checkFile("congruent", congruent.loadModel, files)),
    ...(await checkFile("congruent/load", (source) => load.loadModel(source, core.createKernel(bytes)))),
    ...(await checkFile("congruent/reference", reference.loadModel)),
  ],
  reference: runSuite(reference),
};
rmSync(folder, { recursive: true });
console.log(JSON.stringify(result));
