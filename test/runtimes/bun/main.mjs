// Bun: the default entry, congruent/core with files of Bun's own, the reference.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import * as congruent from "congruent";
import * as core from "congruent/core";
import * as int8 from "congruent/int8";
import * as load from "congruent/load";
import * as reference from "congruent/reference";
import { checkCore } from "../core.mjs";
import { engine } from "../engine.mjs";
import { checkFile, modelFile } from "../file.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite } from "../suite.mjs";

if (!process.versions.bun || engine() !== "JavaScriptCore") throw new Error(`not Bun: ${engine()}`);
const find = (name) => Bun.file(fileURLToPath(import.meta.resolve(`congruent/${name}`)));
const file = find("gru.wasm");
const bytes = await file.bytes();
const [relaxed, plain] = await Promise.all(["int8.wasm", "int8-plain.wasm"].map((name) => find(name).bytes()));
const folder = mkdtempSync(join(tmpdir(), "congruent-"));
const path = join(folder, "model.safetensors");
writeFileSync(path, modelFile());
const files = { path: () => path, "file URL": () => pathToFileURL(path), "file of Bun": () => Bun.file(path) };
const result = {
  version: Bun.version,
  engine: "JavaScriptCore",
  entry: import.meta.resolve("congruent"),
  suite: runSuite(congruent),
  int8: runInt8(int8, {
    "core, int8.wasm": () => core.createKernel(relaxed),
    "core, int8-plain.wasm": () => core.createKernel(plain),
    reference: () => reference,
  }),
  core: await checkCore(core, {
    bytes: () => bytes,
    file: () => file,
    module: () => new WebAssembly.Module(bytes),
    response: () => new Response(file),
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
