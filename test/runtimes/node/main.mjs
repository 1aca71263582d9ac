// import, in Node: the default entry, then congruent/core with all that it takes, then the reference.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as congruent from "congruent";
import * as core from "congruent/core";
import * as int8 from "congruent/int8";
import * as load from "congruent/load";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { checkFile, modelFile } from "../file.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite } from "../suite.mjs";
import { proveNode } from "./proof.mjs";

const read = (name) => readFileSync(new URL(import.meta.resolve(`congruent/${name}`)));
const bytes = read("gru.wasm");
const kernels = ["int8.wasm", "int8-plain.wasm"].filter((name) => WebAssembly.validate(read(name)));
const folder = mkdtempSync(join(tmpdir(), "congruent-"));
const path = join(folder, "model.safetensors");
writeFileSync(path, modelFile());
const files = { path: () => path, "file URL": () => pathToFileURL(path) };
const headers = { "content-type": "application/wasm" };
const result = {
  ...proveNode(),
  entry: import.meta.resolve("congruent"),
  suite: runSuite(congruent),
  int8: runInt8(int8, {
    ...Object.fromEntries(kernels.map((name) => [`core, ${name}`, () => core.createKernel(read(name))])),
    reference: () => reference,
  }),
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
    ...(await checkFile("congruent/int8", int8.loadModel, files)),
  ],
  reference: runSuite(reference),
};
rmSync(folder, { recursive: true });
console.log(JSON.stringify(result));
