// The suite after every global is gone that a lesser runtime may lack. What printing needs is kept aside first.
import { removeGlobals } from "./globals.mjs";
import { runSuite } from "./suite.mjs";

const { console } = globalThis;
const entry = import.meta.resolve("congruent");
removeGlobals();
console.log(JSON.stringify({ entry, suite: runSuite(await import("congruent")) }));
