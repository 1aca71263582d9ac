import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "../browsers/chromium.mjs";
import { openPage } from "../harness/browser.mjs";
import { execute } from "../harness/execute.mjs";
import { inPool } from "../harness/pool.mjs";
import { bundlers, writeApp } from "./build.mjs";

/** What the app prints: the seed's third step, as TensorFlow computed it; and how far a file's model is off its sample. */
const answer = "answer -156 deviation 0";

export const runtimes = [
  {
    name: "bundlers",
    find: () => "",
    async run({ report, app, ci }) {
      // Built beside the installed package; run in another place, where nothing is installed.
      const elsewhere = join(app, "../bundles");
      const canRun = ({ find, runsIn }) => find() !== null && (runsIn === "node" || chromium.find() !== null);
      const present = bundlers.filter(canRun);
      for (const { name } of bundlers.filter((bundler) => !present.includes(bundler))) report.skip(name, ci);
      const built = [];
      await inPool(present, 2, (bundler) => build(bundler, app, elsewhere).then((result) => built.push(result)));
      const pages = present.filter(({ runsIn }) => runsIn === "chromium");
      const printed = await openFrames(app, elsewhere, pages);
      for (const bundler of present) {
        const { version, error } = built.find((result) => result.bundler === bundler);
        const ranIn = bundler.runsIn === "node" ? `Node ${process.versions.node}` : "Chromium";
        await report.check(bundler.name, `${version} builds, and the output prints in ${ranIn}`, async () => {
          if (error) throw error;
          const folder = join(elsewhere, folderOf(bundler));
          const text =
            bundler.runsIn === "node"
              ? (await execute(process.execPath, ["dist/app.js"], { cwd: folder })).stdout
              : (printed[folderOf(bundler)] ?? "nothing");
          if (text.trim() !== answer) throw new Error(`expected ${answer}, got ${text}`);
          report.bundles.push({ bundler: bundler.name, version, ranIn });
          return text;
        });
      }
    },
  },
];

const folderOf = ({ name }) => name.replace(" ", "-");

async function build(bundler, app, elsewhere) {
  const program = bundler.find();
  const version = await bundler.version(program);
  try {
    const folder = join(app, "built", folderOf(bundler));
    mkdirSync(folder, { recursive: true });
    writeApp(app, folder);
    await bundler.build(folder, program);
    cpSync(join(folder, "dist"), join(elsewhere, folderOf(bundler), "dist"), { recursive: true });
    return { bundler, version };
  } catch (error) {
    return { bundler, version, error };
  }
}

/** @returns {Promise<Record<string, string>>} what each page printed */
async function openFrames(app, elsewhere, pages) {
  if (pages.length === 0) return {};
  cpSync(join(app, "bundlers/frames.html"), join(elsewhere, "frames.html"));
  const path = `/frames.html?${pages.map((page) => `name=${folderOf(page)}`).join("&")}`;
  const { posted } = await openPage({ start: chromium.start(chromium.find()) }, elsewhere, path);
  return Object.fromEntries(posted.map(({ name, text }) => [name, text]));
}
