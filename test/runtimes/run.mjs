// Runs everything: every runtime, every browser scope, every bundler, against the packed tarball.
// Usage: node test/runtimes/run.mjs [--only NAME[,NAME]] [--ci]
//
//   --only  only the runtimes whose names begin so (node, node22, deno, chromium, bundlers, ...)
//   --ci    a runtime that is missing is a failure, not a skip (as with CI=true)
//
// A full run in which nothing failed and nothing was skipped also writes docs/runtimes.md. The last line is
// `N passed, N failed`.
import { parseArgs } from "node:util";
import { makeApp } from "./harness/app.mjs";
import { writePage } from "./harness/page.mjs";
import { Report } from "./harness/report.mjs";

const { values } = parseArgs({ options: { only: { type: "string" }, ci: { type: "boolean" } } });
const ci = values.ci ?? process.env.CI === "true";
const wanted = values.only?.split(",");

const folders = ["node", "deno", "bun", "workerd", "edge-runtime", "browsers", "bundlers", "pages", "language-id"];
const runtimes = (await Promise.all(folders.map((folder) => import(`./${folder}/runtime.mjs`)))).flatMap(
  (module) => module.runtimes,
);
const chosen = runtimes.filter(({ name }) => !wanted || wanted.some((prefix) => name.startsWith(prefix)));
if (chosen.length === 0) throw new Error(`expected one of ${runtimes.map(({ name }) => name).join(", ")}`);

const report = new Report();
const app = await makeApp();
for (const { name, hint, find, run } of chosen) {
  const program = find();
  if (program === null) report.skip(name, ci, hint);
  else await run({ report, app: app.folder, library: app.package, program, ci });
}
app.remove();
if (!wanted && report.failed === 0 && report.skipped.length === 0) writePage(report);
if (report.skipped.length > 0) console.log(`skipped: ${report.skipped.join(", ")}`);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed > 0 ? 1 : 0);
