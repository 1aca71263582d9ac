import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { installTarball } from "./tarball.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));

/**
 * A fresh app beside no sources: the packed tarball installed in its node_modules, and this folder's own files.
 *
 * @returns {Promise<{ folder: string, package: string, remove: () => void }>}
 */
export async function makeApp() {
  const folder = mkdtempSync(join(tmpdir(), "congruent-runtimes-"));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  process.on("exit", remove);
  const { app } = await installTarball(folder);
  for (const name of readdirSync(here)) {
    if (name !== "node_modules" && !name.startsWith("package"))
      cpSync(join(here, name), join(app, name), { recursive: true });
  }
  return { folder: app, package: join(app, "node_modules/congruent"), remove };
}
