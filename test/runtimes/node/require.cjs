// require() of the ES module, as CommonJS apps do it.
const { runInt8 } = require("../int8.mjs");
const { runSuite, timeFirst } = require("../suite.mjs");
const { proveNode } = require("./proof.mjs");

const start = performance.now();
const library = require("congruent");
const imported = performance.now() - start;
const timings = timeFirst(library, () => performance.now(), imported);
const entry = require.resolve("congruent");
const suite = runSuite(library);
const int8 = runInt8(require("congruent/int8"));
console.log(JSON.stringify({ ...proveNode(), entry, timings, suite, int8 }));
