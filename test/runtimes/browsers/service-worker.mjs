// A service worker. It may not import dynamically, so there is no import to time.
import * as congruent from "/node_modules/congruent/dist/index.js";
import { engine } from "../engine.mjs";
import { runSuite, timeFirst } from "../suite.mjs";
import { collect } from "./collect.mjs";

addEventListener("message", ({ ports }) => {
  try {
    if (!(self instanceof ServiceWorkerGlobalScope)) throw new Error("not a service worker");
    const timings = timeFirst(congruent, () => performance.now());
    const suite = runSuite(congruent);
    collect();
    ports[0].postMessage({ engine: engine(), timings, suite });
  } catch (error) {
    ports[0].postMessage({ error: String(error?.stack ?? error) });
  }
});
