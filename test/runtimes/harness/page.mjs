import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";

const page = new URL("../../../docs/runtimes.md", import.meta.url);
const benchmark = new URL("../../../bench/results/results.json", import.meta.url);

/**
 * Writes docs/runtimes.md.
 *
 * @param {import("./report.mjs").Report} report of a full run without a failure
 */
export function writePage({ rows, bundles, passed }) {
  const runtimeRows = rows.map(({ runtime, scope, version, engine, entry, golden, int8, timings }) => [
    runtime,
    version,
    engine,
    scope,
    entry && `\`${entry}\``,
    `${golden.equal} of ${golden.of}${golden.flushed ? ", denormals flushed" : ""}`,
    `${int8.equal} of ${int8.of}, ${int8.module}`,
    ...["import", "create", "first"].map((key) => milliseconds(timings?.[key])),
  ]);
  const bundlerRows = bundles.map(({ bundler, version, ranIn }) => [bundler, version, ranIn]);
  writeFileSync(
    page,
    `# Runtimes

Written by \`node test/runtimes/run.mjs\` (after \`npm run build\` and \`node test/runtimes/provision.mjs\`). The last run:
${passed} checks passed, none failed. Everything ran against the packed tarball, with nothing configured.

${table(["runtime", "version", "engine", "scope", "entry", "golden bits equal", "int8 bits equal, module", "import ms", "create ms", "first result ms"], runtimeRows)}

* *Entry*: the file of the package that the runtime's own resolution, or a bundler's with the runtime's condition, chose.
* *Golden bits*: the models of \`test/runtimes/golden/\`, each with a hash of all its output bits, over every activation,
  both reset modes, sizes, batches, directions, merge modes, presets, masks, embeddings and streams. The same hashes in
  every row, and from \`congruent/reference\`. A self-test that failed would have failed the run: no row is the fallback's.
* *int8*: the models of \`test/runtimes/golden/int8.mjs\` through \`congruent/int8\`, and which of its two modules the engine
  chose: the one with relaxed SIMD, or the plain one; or what is imported there. Their hashes come from
  \`congruent/reference\` too, and where bytes are at hand from both modules on \`congruent/core\`.
* *Denormals*: the audio threads of Firefox and WebKit flush numbers below 2⁻¹²⁶ to 0, and no program can stop them. There
  the models that are about such numbers are left out; the others have their bits.
* *Cold start*, on ${cpus().length} cores: import of the entry, creation of the seed's model (with the compilation of the
  module), its first result. In Node, Deno and Bun the median of five fresh processes; in a browser one page, with the
  server's answers in the import, and as coarse as its clock. workerd stops its clock while code runs; service workers
  and worklets import before their code runs.
* *CSP without it*: a page whose policy lacks \`'wasm-unsafe-eval'\` gets a \`CongruentError\` \`wasm\` that says so; its row is
  \`congruent/reference\`, which needs no permission.
* *AudioWorklet*: made on the audio thread, synchronously, and run sample by sample in callbacks of 128. Memory does not
  grow, and a million steps in Chromium are not followed by garbage collections (a control that allocates is).

## Bundlers

Each builds an app of one line with its own defaults; the output then runs where nothing is installed, and must print
the seed's -156.

${table(["bundler", "version", "output ran in"], bundlerRows)}
${coldStartBesideOthers()}`,
  );
}

/** What the benchmark of the cold start measured last, on a machine that did nothing else. */
function coldStartBesideOthers() {
  if (!existsSync(benchmark)) return "";
  const { machine, runtime, sections } = JSON.parse(readFileSync(benchmark, "utf8"));
  const { measured, records } = sections["cold-start"] ?? { records: [] };
  if (records.length === 0) return "";
  const rows = records.map(({ engine, imported, created, first, total, ratio }) => [
    engine,
    ...[imported, created, first, total].map(milliseconds),
    `${ratio.median.toFixed(1)}×`,
  ]);
  return `
## Cold start beside others

From nothing to the first result of a ${records[0].case}, in fresh processes that take turns (${runtime},
${machine}); medians of ${measured}, by \`npm run bench -- --only=cold-start --merge\`. The ratio is taken round by round.

${table(["engine", "import ms", "create ms", "first result ms", "total ms", "ratio"], rows)}
`;
}

function milliseconds(value) {
  return typeof value === "number" ? value.toFixed(1) : "";
}

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}
