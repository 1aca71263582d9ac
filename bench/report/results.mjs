/** Results on disk: JSON, Markdown and charts. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { charts } from "./charts.mjs";
import { environment } from "./environment.mjs";
import { markdown } from "./markdown.mjs";
import { writeReadme } from "./readme.mjs";

/**
 * @typedef {object} Results
 * @property {string} command
 * @property {string} machine
 * @property {string} runtime
 * @property {Record<string, string>} versions
 * @property {import("../bars.mjs").Sections} sections
 */

const folder = new URL("../results/", import.meta.url);

/**
 * @param {import("../bars.mjs").Sections} sections
 * @param {import("../options.mjs").Options & { whole: boolean }} options whole: nothing was left out
 * @returns {URL} the folder
 */
export function writeResults(sections, { quick, merge, whole }) {
  const official = whole || merge;
  const target = official ? folder : new URL("scratch/", folder);
  const before = merge && existsSync(new URL("results.json", folder)) ? readResults() : null;
  const results = {
    command: quick ? "npm run bench -- --quick" : "npm run bench",
    ...environment(),
    sections: { ...before?.sections, ...sections },
  };
  if (before && (before.machine !== results.machine || before.runtime !== results.runtime)) {
    throw new Error(`--merge: the other results are of ${before.machine}, ${before.runtime}`);
  }
  mkdirSync(target, { recursive: true });
  writeFileSync(new URL("results.json", target), stringify(results));
  writeFileSync(new URL("results.md", target), markdown(results));
  for (const [name, svg] of Object.entries(charts(results))) writeFileSync(new URL(`${name}.svg`, target), svg);
  if (official) writeReadme(results);
  return target;
}

/** @returns {Results} */
function readResults() {
  return JSON.parse(readFileSync(new URL("results.json", folder), "utf8"));
}

/** A record a line. */
function stringify({ sections, ...rest }) {
  const body = Object.entries(sections).map(([name, { measured, records }]) => {
    const lines = records.map((record) => `      ${JSON.stringify(record, rounded)}`);
    return `    ${JSON.stringify(name)}: {\n      "measured": ${JSON.stringify(measured)},\n      "records": [\n${lines.join(",\n")}\n      ]\n    }`;
  });
  const head = JSON.stringify(rest, null, 2).slice(0, -2);
  return `${head},\n  "sections": {\n${body.join(",\n")}\n  }\n}\n`;
}

function rounded(_, value) {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value;
}
