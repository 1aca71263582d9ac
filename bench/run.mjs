// Measures, and writes bench/results/. Usage: npm run bench -- [--quick] [--only=SECTION,…] [--merge]

import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { readOptions, sectionNames } from "./options.mjs";
import { barTable } from "./report/markdown.mjs";
import { writeResults } from "./report/results.mjs";
import { number, percent, time } from "./report/table.mjs";

const options = readOptions(process.argv.slice(2));
const begin = performance.now();
/** @type {import("./bars.mjs").Sections} */
const sections = {};
let failed = false;

for (const name of options.sections) {
  const start = performance.now();
  console.log(`\n${name}`);
  const records = [];
  const error = await runSection(name, (record) => {
    records.push(record);
    if (record.failed) failed = true;
    console.log(`  ${lineOf(record)}`);
  });
  if (error) {
    failed = true;
    records.push({ case: name, peer: "all", failed: error });
  }
  sections[name] = { measured: new Date().toISOString().slice(0, 10), records };
  console.log(`  ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const whole = !options.quick && options.sections.length === sectionNames.length && !failed;
const folder = writeResults(sections, { ...options, whole });
console.log(`\n${barTable(sections, false)}\n`);
console.log(`${fileURLToPath(folder)}: ${((performance.now() - begin) / 1000).toFixed(0)} s`);
process.exitCode = failed ? 1 : 0;

/**
 * @param {string} name
 * @param {(record: any) => void} take
 * @returns {Promise<string | null>} why it stopped early
 */
function runSection(name, take) {
  const script = fileURLToPath(new URL("section.mjs", import.meta.url));
  const child = fork(script, [name, ...(options.quick ? ["--quick"] : [])], {
    execArgv: ["--expose-gc"],
    serialization: "advanced",
  });
  child.on("message", take);
  return new Promise((resolve) => {
    child.on("error", (error) => resolve(String(error)));
    child.on("close", (code, signal) => resolve(code === 0 ? null : `the process ended with ${signal ?? code}`));
  });
}

/** A record in a line, for those who watch. */
function lineOf(record) {
  const { case: name, peer, ours, theirs, ratio, share, engine } = record;
  if (record.skipped) return `${name}, ${peer}: ${record.skipped}`;
  if (record.failed) return `${name}, ${peer}: FAILED ${record.failed}`;
  if (ours)
    return `${name}, ${peer ?? record.compared ?? "without"}: ${number(ratio.median)}× (${time(ours.median)}, ${time(theirs.median)})`;
  if (share)
    return `${name}${record.precision ? ` ${record.precision} bits, ${engine},` : ""} B=${record.batch} H=${record.units}: ${percent(share.median)} of the peak (${record.gflops.toFixed(1)} GFLOP/s)`;
  if (engine)
    return `${engine}: ${record.total ? `${record.total.toFixed(1)} ms` : `${number(record.gzip / 1000)} KB gzipped`}`;
  const { case: _, ...rest } = record;
  const values = Object.entries(rest).map(
    ([key, value]) => `${key} ${typeof value === "number" ? number(value) : value}`,
  );
  return `${name}: ${values.join(", ")}`;
}
