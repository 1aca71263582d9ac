import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execute } from "./execute.mjs";

const project = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * An app that has nothing but congruent, installed from the tarball that would be published.
 *
 * @param {string} folder an empty one
 * @returns {Promise<{ tarball: string, app: string }>}
 */
export async function installTarball(folder) {
  if (!existsSync(join(project, "dist/index.js"))) throw new Error("there is no dist/: npm run build first");
  const [tarballs, app] = [join(folder, "tarballs"), join(folder, "app")];
  mkdirSync(tarballs);
  mkdirSync(app);
  await execute("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", tarballs], { cwd: project });
  const tarball = join(tarballs, readdirSync(tarballs)[0]);
  writeFileSync(join(app, "package.json"), `${JSON.stringify({ private: true, type: "module" })}\n`);
  await execute(
    "npm",
    ["install", tarball, "--ignore-scripts", "--offline", "--no-audit", "--no-fund", "--no-package-lock", "--silent"],
    { cwd: app },
  );
  return { tarball, app };
}
