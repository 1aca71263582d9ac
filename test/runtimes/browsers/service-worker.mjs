// A service worker. It may not import dynamically, so there is no import to time, and files are read by congruent/load.
import * as congruent from "/node_modules/congruent/dist/index.js";
import * as congruentInt8 from "/node_modules/congruent/dist/int8.js";
import { loadModel } from "/node_modules/congruent/dist/load.js";
import { engine } from "../engine.mjs";
import { checkFile } from "../file.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite, timeFirst } from "../suite.mjs";
import { collect } from "./collect.mjs";

addEventListener("message", async ({ ports }) => {
  try {
    if (!(self instanceof ServiceWorkerGlobalScope)) throw new Error("not a service worker");
    const timings = timeFirst(congruent, () => performance.now());
    const suite = runSuite(congruent);
    const checks = await checkFile("congruent/load", (source) => loadModel(source, congruent));
    collect();
    const int8 = runInt8(congruentInt8);
    collect();
    ports[0].postMessage({ engine: engine(), timings, suite, checks, int8 });
  } catch (error) {
    ports[0].postMessage({ error: String(error?.stack ?? error) });
  }
});
