// @ts-check
// Builds the page into build/playground/, or serves it while it is worked on.
// Usage, after `npm run build`: node examples/playground/build.mjs [--serve]
import { fileURLToPath } from "node:url";
import { buildPage } from "../page.mjs";

await buildPage({
  source: fileURLToPath(new URL("./", import.meta.url)),
  target: fileURLToPath(new URL("../../build/playground/", import.meta.url)),
  files: ["index.html", "style.css"],
});
