import { cpSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { bundle } from "../harness/bundle.mjs";
import { execute, executeForJson } from "../harness/execute.mjs";
import { installed } from "../harness/tools.mjs";
import { workerdConfig } from "./config.mjs";

const workerdEntry = "index.workerd.js";
const wasmFiles = ["gru.wasm", "int8.wasm", "int8-plain.wasm"];

export const runtimes = [
  {
    name: "workerd",
    find: () => installed("@cloudflare/workerd-linux-64/bin/workerd"),
    async run({ report, app, library, program }) {
      const { stdout } = await execute(program, ["--version"]);
      const version = stdout.trim().replace(/^workerd /, "");
      const test = async (folder) => ({
        version,
        ...(await executeForJson(program, ["test", join(folder, "config.capnp")])),
      });
      await report.result("workerd", "bundle, condition workerd", workerdEntry, async () => {
        const { folder, entry } = await buildBundle(app);
        return { ...(await test(folder)), entry };
      });
      await report.result("workerd", "modules, no bundler", workerdEntry, async () => ({
        entry: workerdEntry,
        ...(await test(await layOutModules(app, library))),
      }));
    },
  },
];

/** One module and the .wasm beside it, as Cloudflare's own tools upload a worker. */
async function buildBundle(app) {
  const folder = join(app, "workerd-bundle");
  mkdirSync(folder);
  const wasm = {
    name: "a .wasm stays a module of its own",
    setup(build) {
      build.onResolve({ filter: /\.wasm$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === wasm) return undefined;
        const found = await build.resolve(path, { resolveDir, kind, pluginData: wasm });
        if (found.errors.length > 0) return found;
        cpSync(found.path, join(folder, basename(found.path)));
        return { path: `./${basename(found.path)}`, external: true };
      });
    },
  };
  const { entry, text } = await bundle({
    entryPoints: [join(app, "workerd/worker.mjs")],
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    plugins: [wasm],
  });
  writeFileSync(join(folder, "worker.mjs"), text);
  writeFileSync(join(folder, "config.capnp"), workerdConfig(["worker.mjs", ...wasmFiles]));
  return { folder, entry };
}

/**
 * The package's files as they are. workerd has no packages: a bare name is a module beside the one that imports it, and
 * so each entry gets such a module, of one line.
 */
async function layOutModules(app, library) {
  const folder = join(app, "workerd-modules");
  const own = "core.mjs engine.mjs file.mjs int8.mjs seed.mjs suite.mjs golden workerd/worker.mjs".split(" ");
  for (const path of own) cpSync(join(app, path), join(folder, path), { recursive: true });
  cpSync(join(library, "dist"), join(folder, "dist"), { recursive: true });
  const entries = {
    congruent: workerdEntry,
    "congruent/core": "core.js",
    "congruent/int8": "int8.workerd.js",
    "congruent/load": "load.js",
    "congruent/reference": "reference.js",
  };
  const names = Object.fromEntries(wasmFiles.map((file) => [`workerd/congruent/${file}`, `dist/${file}`]));
  for (const [name, file] of Object.entries(entries)) {
    const path = `${file}.entry`;
    writeFileSync(join(folder, path), `export * from "/dist/${file}";\n`);
    names[`workerd/${name}`] = path;
  }
  const modules = readdirSync(folder, { recursive: true }).filter((path) => /\.(mjs|js|wasm)$/.test(path));
  const main = "workerd/worker.mjs";
  const config = workerdConfig([main, ...modules.filter((path) => path !== main)], names);
  writeFileSync(join(folder, "config.capnp"), config);
  return folder;
}
