/** The main chart and the bars in the repository's README, between their markers. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { barTable } from "./markdown.mjs";

const readme = new URL("../../README.md", import.meta.url);
const folder = new URL("../results/", import.meta.url);

/** What stands there before a first whole run, and is written only by this file after. */
const between = /(<!-- speed -->\n)[\s\S]*?(\n<!-- \/speed -->)/;

/**
 * @param {import("./results.mjs").Results} results
 * @throws Error when the README has lost its markers
 */
export function writeReadme(results) {
  const text = readFileSync(readme, "utf8");
  if (!between.test(text)) throw new Error("README.md: expected <!-- speed --> and <!-- /speed -->");
  writeFileSync(
    readme,
    text.replace(between, (_, open, close) => open + speed(results) + close),
  );
}

/** @param {import("./results.mjs").Results} results */
function speed({ machine, runtime, command, sections }) {
  const chart = existsSync(new URL("speedup.svg", folder));
  return [
    ...(chart ? ["![How many times longer other engines take](bench/results/speedup.svg)"] : []),
    `${machine}; ${runtime}; one thread. Made by \`${command}\`; all figures are in [bench/results/results.md](bench/results/results.md).`,
    barTable(sections),
  ].join("\n\n");
}
