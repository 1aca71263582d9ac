/** Where the figures come from. */
import { readFileSync } from "node:fs";
import os from "node:os";

/** What was measured, by package. */
const packages = [
  "onnxruntime-web",
  "onnxruntime-node",
  "@tensorflow/tfjs",
  "@tensorflow/tfjs-backend-wasm",
  "tinybench",
];

/** @returns {{ machine: string, runtime: string, versions: Record<string, string> }} */
export function environment() {
  const cores = os.cpus();
  const versions = { congruent: versionIn("../../package.json") };
  for (const name of packages) versions[name] = versionIn(`../node_modules/${name}/package.json`);
  const memory = Math.round(os.totalmem() / 2 ** 30);
  return {
    machine: `${cores[0].model.trim()}, ${cores.length} cores, ${memory} GiB, ${os.type()} ${os.arch()}`,
    runtime: `Node.js ${process.versions.node} (V8 ${process.versions.v8})`,
    versions,
  };
}

function versionIn(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).version;
}
