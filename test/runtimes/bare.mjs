// The suite after every global is gone that a lesser runtime may lack. What printing needs is kept aside first.
import { removeGlobals } from "./globals.mjs";
import { runInt8 } from "./int8.mjs";
import { runSuite } from "./suite.mjs";

const { console } = globalThis;
const entry = import.meta.resolve("congruent");
removeGlobals();
const suite = runSuite(await import("congruent"));
const int8 = runInt8(await import("congruent/int8"));
console.log(JSON.stringify({ entry, suite, int8 }));
