// @ts-check
import { copyFileSync, mkdirSync } from "node:fs";
import { basename } from "node:path";
import * as esbuild from "esbuild";

/**
 * Builds a static page: main.mjs becomes main.js, other files are copied. With `--serve` it stays to serve them.
 *
 * @param {{ source: string, target: string, files: string[] }} page folders end with a slash; files are seen from source
 */
export async function buildPage({ source, target, files }) {
  const serve = process.argv.includes("--serve");
  mkdirSync(target, { recursive: true });
  for (const file of files) copyFileSync(source + file, target + basename(file));
  const context = await esbuild.context({
    entryPoints: [`${source}main.mjs`],
    outfile: `${target}main.js`,
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: !serve,
    logLevel: "warning",
  });
  await context.rebuild();
  if (serve) {
    const { port } = await context.serve({ servedir: target, host: "127.0.0.1", port: 8000 });
    console.log(`http://127.0.0.1:${port}/  (ends with Ctrl-C)`);
  } else {
    await context.dispose();
    console.log(`${target}: a static page; any web server can serve it`);
  }
}
