// A dedicated worker. Import maps do not reach workers, so the package is named by its address.
import { engine } from "../engine.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite, startCold } from "../suite.mjs";
import { collect } from "./collect.mjs";

const { library, timings } = await startCold(
  () => import("/node_modules/congruent/dist/index.js"),
  () => performance.now(),
);
if (!(self instanceof DedicatedWorkerGlobalScope)) throw new Error("not a dedicated worker");
const suite = runSuite(library);
collect();
const int8 = runInt8(await import("/node_modules/congruent/dist/int8.js"));
postMessage({ engine: engine(), timings, suite, int8 });
