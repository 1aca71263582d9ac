// @ts-check
// Builds the page into build/playground/, or serves it while it is worked on.
// Usage, after `npm run build`: node examples/playground/build.mjs [--serve]
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const here = fileURLToPath(new URL(".", import.meta.url));
const target = fileURLToPath(new URL("../../build/playground/", import.meta.url));
const serve = process.argv.includes("--serve");

mkdirSync(target, { recursive: true });
for (const file of ["index.html", "style.css"]) copyFileSync(here + file, target + file);
const context = await esbuild.context({
  entryPoints: [`${here}main.mjs`],
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
