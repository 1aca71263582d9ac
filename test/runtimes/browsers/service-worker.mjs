// A service worker. It may not import dynamically, so there is no import to time.
import * as congruent from "/node_modules/congruent/dist/index.js";
import * as congruentInt8 from "/node_modules/congruent/dist/int8.js";
import { engine } from "../engine.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite, timeFirst } from "../suite.mjs";
import { collect } from "./collect.mjs";

addEventListener("message", ({ ports }) => {
  try {
    if (!(self instanceof ServiceWorkerGlobalScope)) throw new Error("not a service worker");
    const timings = timeFirst(congruent, () => performance.now());
    const suite = runSuite(congruent);
    collect();
    const int8 = runInt8(congruentInt8);
    collect();
    ports[0].postMessage({ engine: engine(), timings, suite, int8 });
  } catch (error) {
    ports[0].postMessage({ error: String(error?.stack ?? error) });
  }
});
