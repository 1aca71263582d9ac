// Runs every TF.js program that the playground shows, and compares what it leaves with test/vectors/playground.json.
// Usage, after the benchmark's peers have been installed: node test/playground/run-shown.mjs
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { theirCode } from "../../examples/playground/model/framework-code.mjs";
import { frameworks } from "../../examples/playground/model/frameworks.mjs";
import { presets } from "../../examples/playground/model/presets.mjs";

const tf = createRequire(new URL("../../bench/", import.meta.url))("@tensorflow/tfjs");
await tf.setBackend("cpu");
const recorded = JSON.parse(readFileSync(new URL("../vectors/playground.json", import.meta.url), "utf8"));
const framework = frameworks.find(({ id }) => id === "tfjs");
let failed = 0;
const runnable = presets.filter(({ id }) => recorded[id].tfjs);
for (const { id, state } of runnable) {
  const program = theirCode(state, framework).replace(/^import \* as tf.*$/m, "");
  const [outputs, states] = new Function(
    "tf",
    `${program}\nreturn [outputs.arraySync(), tf.concat(states, 1).arraySync()];`,
  )(tf);
  const wanted = recorded[id].tfjs;
  if (JSON.stringify([outputs, states]) !== JSON.stringify([wanted.outputs, wanted.states])) {
    failed++;
    console.log(`${id}: not what was recorded`);
  }
}
console.log(`${runnable.length - failed} programs gave what was recorded, ${failed} did not`);
process.exitCode = failed > 0 ? 1 : 0;
