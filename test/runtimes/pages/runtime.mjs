import { fileURLToPath } from "node:url";
import { chromium } from "../browsers/chromium.mjs";
import { execute } from "../harness/execute.mjs";
import { serve } from "../harness/server.mjs";
import { withBrowser } from "./driven.mjs";
import { checks as languageId } from "./language-id.mjs";
import { checks as playground } from "./playground.mjs";

const project = fileURLToPath(new URL("../../../", import.meta.url));

/** The pages of the examples: built by their own scripts, served, and used in Chromium. */
const pages = [
  { name: "playground", build: "examples/playground/build.mjs", folder: "build/playground", checks: playground },
  {
    name: "language-id",
    build: "examples/language-id/page/build.mjs",
    folder: "build/language-id",
    checks: languageId,
  },
];

export const runtimes = [
  {
    name: "pages",
    find: chromium.find,
    async run({ report, program }) {
      for (const { name, build, folder, checks } of pages) {
        await execute(process.execPath, [build], { cwd: project });
        const server = await serve(project + folder, () => {});
        await withBrowser(program, async (browser) => {
          for (const [what, check] of Object.entries(checks)) {
            await report.check(name, what, () => check(browser, `${server.origin}/index.html`));
          }
        });
        server.close();
      }
    },
  },
];
