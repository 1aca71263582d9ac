// Runs a bundle in edge-runtime as it is deployed: no eval, no WebAssembly but the modules that were deployed with it.
// Usage: node host.mjs BUNDLE [WASM]
import { readFileSync } from "node:fs";
import { EdgeRuntime } from "edge-runtime";

const [, , script, wasm] = process.argv;
const deployed = wasm ? { deployedKernel: await WebAssembly.compile(readFileSync(wasm)) } : {};
const runtime = new EdgeRuntime({
  codeGeneration: { strings: false, wasm: false },
  extend: (context) => Object.assign(context, deployed),
  initialCode: readFileSync(script, "utf8"),
});
const response = await runtime.dispatchFetch("http://localhost/");
console.log(await response.text());
