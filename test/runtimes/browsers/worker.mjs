// A dedicated worker. Import maps do not reach workers, so the package is named by its address.
import { engine } from "../engine.mjs";
import { runSuite, startCold } from "../suite.mjs";

const { library, timings } = await startCold(
  () => import("/node_modules/congruent/dist/index.js"),
  () => performance.now(),
);
if (!(self instanceof DedicatedWorkerGlobalScope)) throw new Error("not a dedicated worker");
postMessage({ engine: engine(), timings, suite: runSuite(library) });
