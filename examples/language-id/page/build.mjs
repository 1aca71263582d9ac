// @ts-check
// Builds the page into build/language-id/, or serves it while it is worked on.
// Usage, after `npm run build`: node examples/language-id/page/build.mjs [--serve]
import { fileURLToPath } from "node:url";
import { buildPage } from "../../page.mjs";

await buildPage({
  source: fileURLToPath(new URL("./", import.meta.url)),
  target: fileURLToPath(new URL("../../../build/language-id/", import.meta.url)),
  files: ["index.html", "style.css", "../model/labels.json", "../model/language-id.safetensors"],
});
