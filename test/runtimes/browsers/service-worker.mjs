// A service worker. It may not import dynamically, so there is no import to time, and files are read by congruent/load.
import * as congruent from "/node_modules/congruent/dist/index.js";
import { loadModel } from "/node_modules/congruent/dist/load.js";
import { engine } from "../engine.mjs";
import { checkFile } from "../file.mjs";
import { runSuite, timeFirst } from "../suite.mjs";
import { collect } from "./collect.mjs";

addEventListener("message", async ({ ports }) => {
  try {
    if (!(self instanceof ServiceWorkerGlobalScope)) throw new Error("not a service worker");
    const timings = timeFirst(congruent, () => performance.now());
    const suite = runSuite(congruent);
    const checks = await checkFile("congruent/load", (source) => loadModel(source, congruent));
    collect();
    ports[0].postMessage({ engine: engine(), timings, suite, checks });
  } catch (error) {
    ports[0].postMessage({ error: String(error?.stack ?? error) });
  }
});
