// Takes the pictures of the README. Usage, after `npm run build`: node test/runtimes/pages/screenshots.mjs
import { fileURLToPath } from "node:url";
import { chromium } from "../browsers/chromium.mjs";
import { execute } from "../harness/execute.mjs";
import { serve } from "../harness/server.mjs";
import { openDriven, withBrowser } from "./driven.mjs";

const project = fileURLToPath(new URL("../../../", import.meta.url));

const pictures = [
  {
    build: "examples/playground/build.mjs",
    folder: "build/playground",
    file: "docs/playground.png",
    size: { width: 1180, height: 1130 },
    pose: (page) => page.click("#preset-question"),
  },
  {
    build: "examples/language-id/page/build.mjs",
    folder: "build/language-id",
    file: "docs/language-id.png",
    size: { width: 720, height: 620 },
    pose: async (page) => {
      await page.waitForFunction(() => !document.querySelector("#text").disabled);
      await page.click("#examples button:nth-child(3)");
    },
  },
];

await withBrowser(chromium.find(), async (browser) => {
  for (const { build, folder, file, size, pose } of pictures) {
    await execute(process.execPath, [build], { cwd: project });
    const server = await serve(project + folder, () => {});
    const { page, end } = await openDriven(browser, `${server.origin}/index.html`, size);
    await pose(page);
    // What moves has stopped.
    await new Promise((resolve) => setTimeout(resolve, 300));
    await page.screenshot({ path: project + file });
    await end();
    server.close();
    console.log(file);
  }
});
process.exit(0);
