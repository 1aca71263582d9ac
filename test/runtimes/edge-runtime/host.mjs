// Runs a bundle in edge-runtime as it is deployed: no eval, no WebAssembly but the modules that were deployed with it.
// Usage: node host.mjs BUNDLE [WASM …]
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { EdgeRuntime } from "edge-runtime";

const [, , script, ...files] = process.argv;
const modules = {};
for (const file of files) modules[basename(file)] = await WebAssembly.compile(readFileSync(file));
const runtime = new EdgeRuntime({
  codeGeneration: { strings: false, wasm: false },
  extend: (context) => Object.assign(context, { deployed: modules }),
  initialCode: readFileSync(script, "utf8"),
});
const response = await runtime.dispatchFetch("http://localhost/");
console.log(await response.text());
