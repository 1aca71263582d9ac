import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./execute.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const project = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * A fresh app beside no sources: the packed tarball installed in its node_modules, and this folder's own files.
 *
 * @returns {Promise<{ folder: string, package: string, remove: () => void }>}
 */
export async function makeApp() {
  if (!existsSync(join(project, "dist/index.js"))) throw new Error("there is no dist/: npm run build first");
  const folder = mkdtempSync(join(tmpdir(), "congruent-runtimes-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.on("exit", remove);
  const tarballs = join(folder, "tarballs");
  const app = join(folder, "app");
  mkdirSync(tarballs);
  mkdirSync(app);
  await execute("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", tarballs], { cwd: project });
  writeFileSync(join(app, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
  const tarball = join(tarballs, readdirSync(tarballs)[0]);
  await execute(
    "npm",
    ["install", tarball, "--ignore-scripts", "--offline", "--no-audit", "--no-fund", "--no-package-lock", "--silent"],
    { cwd: app },
  );
  for (const name of readdirSync(here)) {
    if (name !== "node_modules" && !name.startsWith("package"))
      cpSync(join(here, name), join(app, name), { recursive: true });
  }
  return { folder: app, package: join(app, "node_modules/congruent"), remove };
}
