// A dedicated worker that has lost what an AudioWorklet never had.
import { engine } from "../engine.mjs";
import { removeGlobals } from "../globals.mjs";
import { runSuite } from "../suite.mjs";

removeGlobals();
const library = await import("/node_modules/congruent/dist/index.js");
postMessage({ engine: engine(), suite: runSuite(library) });
