// The page: its own suite first, in a fresh process, then every other scope that a page can open.
import { checkCore } from "../core.mjs";
import { engine } from "../engine.mjs";
import { checkFile, modelFile } from "../file.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite, startCold } from "../suite.mjs";
import { runWorklet } from "./audio.mjs";
import { collect } from "./collect.mjs";
import { runFrame, runServiceWorker, runWorker } from "./scopes.mjs";

const kernelFile = "/node_modules/congruent/dist/gru.wasm";
const plainFile = "/node_modules/congruent/dist/int8-plain.wasm";
const now = () => performance.now();

await send("page", async () => {
  const { library, timings } = await startCold(() => import("congruent"), now);
  const congruentCore = await import("congruent/core");
  const core = await checkCore(congruentCore, {
    bytes: async () => new Uint8Array(await (await fetch(kernelFile)).arrayBuffer()),
    response: () => fetch(kernelFile),
    "module, streamed": () => WebAssembly.compileStreaming(fetch(kernelFile)),
  });
  const twin = await import("congruent/reference");
  const reference = runSuite(twin);
  const plain = await (await fetch(plainFile)).arrayBuffer();
  const url = URL.createObjectURL(new Blob([modelFile()]));
  const checks = await checkFile("congruent", library.loadModel, {
    URL: () => new URL(url),
    "URL as a text": () => url,
  });
  const proof = { userAgent: navigator.userAgent, engine: engine() };
  const suite = runSuite(library);
  collect();
  const int8 = runInt8(await import("congruent/int8"), {
    "core, int8-plain.wasm": () => congruentCore.createKernel(plain),
    reference: () => twin,
  });
  return { ...proof, timings, suite, core, checks, int8, reference };
});
await send("dedicated worker", () => runWorker("worker.mjs"));
await send("worker without globals", () => runWorker("bare-worker.mjs"));
await send("service worker", () => runServiceWorker("service-worker.mjs"));
await send("AudioWorklet", () => runWorklet());
await send("CSP with 'wasm-unsafe-eval'", () => runFrame("csp/allowed.html"));
await send("CSP without it", () => runFrame("csp/denied.html"));
await fetch("/result", { method: "POST", body: JSON.stringify({ end: true }) });

async function send(scope, run) {
  let result;
  try {
    result = await run();
  } catch (error) {
    result = { error: String(error?.stack ?? error) };
  }
  collect();
  await fetch("/result", { method: "POST", body: JSON.stringify({ scope, result }) });
}
