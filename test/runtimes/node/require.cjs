// require() of the ES module, as CommonJS apps do it.
const { runSuite, timeFirst } = require("../suite.mjs");
const { proveNode } = require("./proof.mjs");

const start = performance.now();
const library = require("congruent");
const imported = performance.now() - start;
const timings = timeFirst(library, () => performance.now(), imported);
const entry = require.resolve("congruent");
console.log(JSON.stringify({ ...proveNode(), entry, timings, suite: runSuite(library) }));
