// Attacks the readers of foreign formats with damaged files, at length.
// Usage: node test/hostile/run.mjs [FORMAT...] [--count=100000] [--seed=1]

import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = new URL("../../", import.meta.url);
const { values, positionals } = parseArgs({
  options: { count: { type: "string", default: "100000" }, seed: { type: "string", default: "1" } },
  allowPositionals: true,
});
const outfile = fileURLToPath(new URL("build/hostile/harness.mjs", root));
await build({
  entryPoints: [fileURLToPath(new URL("harness.ts", import.meta.url))],
  outfile,
  bundle: true,
  platform: "node",
  format: "esm",
  packages: "external",
});
const { attackFormat, hostileFormats } = await import(pathToFileURL(outfile).href);

let passed = 0;
let failed = 0;
for (const format of positionals.length > 0 ? positionals : hostileFormats(root)) {
  const begun = Date.now();
  const report = await attackFormat(root, format, { count: Number(values.count), seed: Number(values.seed) });
  const { cases, refused, same, changed, failures, slowest, hungriest } = report;
  const cost = `slowest ${slowest.toFixed(2)} s, hungriest ${(hungriest / 2 ** 20).toFixed(0)} MB`;
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  console.log(
    `${format}: ${cases} cases in ${seconds} s: ${refused} refused, ${same} same, ${changed} changed; ${cost}`,
  );
  for (const failure of failures) console.log(`  ${failure}`);
  if (failures.length > 0) failed++;
  else passed++;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
