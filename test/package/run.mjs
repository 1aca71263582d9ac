// Looks at the packed tarball as users' tools do. Usage, after `npm run build`: node test/package/run.mjs
//
// TypeScript, from the oldest that reads `exports` to the newest, checks an app that imports every entry; the newest
// compiles it, and it runs. publint and are-the-types-wrong find nothing. The last line is `N passed, N failed`.
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "../runtimes/harness/execute.mjs";
import { installPackages } from "../runtimes/harness/packages.mjs";
import { Report } from "../runtimes/harness/report.mjs";
import { installTarball } from "../runtimes/harness/tarball.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const modules = join(here, "node_modules");
await installPackages(here);

const versions = readdirSync(modules)
  .filter((name) => name.startsWith("typescript-"))
  .map((name) => name.slice("typescript-".length));
const newest = versions.at(-1);

/** How apps resolve packages, since which version of TypeScript, and which of the consumer's files that concerns. */
const resolutions = [
  { module: "node16", moduleResolution: "node16", since: 4.7, files: ["esm.ts", "dynamic.cts"] },
  { module: "nodenext", moduleResolution: "nodenext", since: 5.8, files: ["esm.ts", "dynamic.cts", "required.cts"] },
  { module: "es2022", moduleResolution: "bundler", since: 5, files: ["esm.ts"] },
];

const report = new Report();
const folder = mkdtempSync(join(tmpdir(), "congruent-package-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const { tarball, app } = await installTarball(folder);
cpSync(join(here, "consumer"), app, { recursive: true });

for (const version of versions) {
  for (const { since, files, ...options } of resolutions.filter((resolution) => Number(version) >= resolution.since)) {
    const name = `moduleResolution ${options.moduleResolution}`;
    await report.check(`types ${version}`, name, () => compile(version, files, { ...options, noEmit: true }));
  }
}
for (const file of ["esm", "required"]) {
  await report.check("types run", `${file}, compiled by ${newest}`, async () => {
    const [{ files }] = resolutions.filter(({ module }) => module === "nodenext");
    await compile(newest, files, { module: "nodenext", moduleResolution: "nodenext" });
    const script = file === "esm" ? "esm.js" : `${file}.cjs`;
    // Node 20 says that require() of an ES module is experimental.
    return (await execute(process.execPath, ["--no-warnings", script], { cwd: app })).stdout;
  });
}
await report.check("publint", "nothing to say", () => runTool("publint/src/cli.js", ["run", tarball, "--strict"]));
await report.check("attw", "every entry, as an ES module", () =>
  // CommonJS gets the ES module by require(), and resolvers older than `exports` get `main`: that is meant, not wrong.
  runTool("@arethetypeswrong/cli/dist/index.js", [tarball, "--profile", "esm-only", "--format", "ascii", "--no-emoji"]),
);
console.log(`${report.passed} passed, ${report.failed} failed`);
process.exit(report.failed > 0 ? 1 : 0);

/** @returns {Promise<string>} how many files were checked */
async function compile(version, files, options) {
  // Nothing of Node or the web: the package's types need the language only.
  const common = { target: "es2022", lib: ["es2022"], types: [], strict: true, exactOptionalPropertyTypes: true };
  writeFileSync(join(app, "tsconfig.json"), JSON.stringify({ compilerOptions: { ...common, ...options }, files }));
  await execute(process.execPath, [join(modules, `typescript-${version}/bin/tsc`), "-p", app], { cwd: app });
  return files.join(", ");
}

async function runTool(path, args) {
  const { stdout } = await execute(process.execPath, [join(modules, path), ...args], { cwd: app });
  return stdout.trim().split("\n").at(-1) ?? "";
}
