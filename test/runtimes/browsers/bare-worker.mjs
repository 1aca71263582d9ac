// A dedicated worker that has lost what an AudioWorklet never had.
import { engine } from "../engine.mjs";
import { removeGlobals } from "../globals.mjs";
import { runInt8 } from "../int8.mjs";
import { runSuite } from "../suite.mjs";
import { collect } from "./collect.mjs";

removeGlobals();
const library = await import("/node_modules/congruent/dist/index.js");
const suite = runSuite(library);
collect();
postMessage({ engine: engine(), suite, int8: runInt8(await import("/node_modules/congruent/dist/int8.js")) });
