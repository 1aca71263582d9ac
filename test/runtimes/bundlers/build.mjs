import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "../harness/execute.mjs";
import { importTool, installed, versionOf } from "../harness/tools.mjs";

/**
 * @typedef {object} Bundler
 * @property {string} name
 * @property {() => string | null} find what is needed to run it
 * @property {(program: string) => Promise<string>} version
 * @property {"node" | "chromium"} runsIn
 * @property {(folder: string, program: string) => Promise<void>} build folder has app.mjs and index.html; the output
 *   goes to folder/dist, as app.js for Node and as index.html with what it loads for Chromium
 */

const packaged = (name) => ({
  find: () => installed(`${name}/package.json`) && name,
  version: async () => versionOf(name),
});
const program = (path) => ({
  find: () => installed(path),
  version: async (file) => (await execute(file, ["--version"])).stdout.match(/\d+\.\d+\.\d+/)?.[0] ?? "",
});

/** @type {Bundler[]} with the settings that each has by itself: none is told anything about congruent */
export const bundlers = [
  {
    name: "vite",
    ...packaged("vite"),
    runsIn: "chromium",
    build: (folder) =>
      execute(process.execPath, [installed("vite/bin/vite.js"), "build", "--base", "./"], { cwd: folder }),
  },
  {
    name: "webpack",
    ...packaged("webpack"),
    runsIn: "chromium",
    async build(folder) {
      const { default: webpack } = await importTool("webpack");
      const output = { path: join(folder, "dist"), filename: "app.mjs" };
      const stats = await new Promise((resolve, reject) => {
        webpack({ mode: "production", context: folder, entry: "./app.mjs", output }, (error, result) =>
          error ? reject(error) : resolve(result),
        );
      });
      if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
      cpSync(join(folder, "index.html"), join(folder, "dist/index.html"));
    },
  },
  {
    name: "parcel",
    ...packaged("parcel"),
    runsIn: "chromium",
    build: (folder) => {
      const options = ["--no-cache", "--no-source-maps", "--public-url", "./", "--dist-dir", "dist"];
      return execute(process.execPath, [installed("parcel/lib/bin.js"), "build", "index.html", ...options], {
        cwd: folder,
      });
    },
  },
  {
    name: "esbuild",
    ...packaged("esbuild"),
    runsIn: "chromium",
    async build(folder) {
      const esbuild = await importTool("esbuild");
      const options = { bundle: true, minify: true, format: "iife", logLevel: "silent" };
      const { warnings } = await esbuild.build({
        ...options,
        entryPoints: [join(folder, "app.mjs")],
        outfile: join(folder, "dist/app.mjs"),
      });
      if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join("\n"));
      cpSync(join(folder, "index.html"), join(folder, "dist/index.html"));
    },
  },
  {
    name: "rollup",
    ...packaged("rollup"),
    runsIn: "node",
    async build(folder) {
      const { rollup } = await importTool("rollup");
      const { nodeResolve } = await importTool("@rollup/plugin-node-resolve");
      const onwarn = ({ message }) => {
        throw new Error(message);
      };
      const bundle = await rollup({ input: join(folder, "app.mjs"), plugins: [nodeResolve()], onwarn });
      await bundle.write({ dir: join(folder, "dist"), entryFileNames: "app.js", format: "es" });
    },
  },
  {
    name: "bun build",
    ...program("@oven/bun-linux-x64/bin/bun"),
    runsIn: "node",
    build: (folder, bun) => execute(bun, ["build", "app.mjs", "--outfile", "dist/app.js"], { cwd: folder }),
  },
  {
    name: "deno bundle",
    ...program("@deno/linux-x64-glibc/deno"),
    runsIn: "node",
    build: (folder, deno) =>
      execute(deno, ["bundle", "--quiet", "app.mjs", "-o", "dist/app.js"], {
        cwd: folder,
        env: { DENO_NO_UPDATE_CHECK: "1" },
      }),
  },
];

/** The app that every bundler builds. */
export function writeApp(from, folder) {
  for (const file of ["app.mjs", "index.html"]) cpSync(join(from, "bundlers", file), join(folder, file));
  cpSync(join(from, "file.mjs"), join(folder, "file.mjs"));
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
}
