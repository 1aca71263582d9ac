import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execute } from "./execute.mjs";

/** A registry that answers badly once is asked again. */
const attempts = 3;

/**
 * Installs a folder's packages as its lock file says, without running their scripts; does nothing when they are there.
 *
 * @param {string} folder
 * @returns {Promise<boolean>} whether anything had to be done
 */
export async function installPackages(folder) {
  const [lock, used] = [join(folder, "package-lock.json"), join(folder, "node_modules/.lock-used")];
  if (existsSync(used) && readFileSync(used).equals(readFileSync(lock))) return false;
  // Not `npm ci`: it insists on the other platforms' optional packages, which a registry's mirror may lack.
  const args = ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await retry(() => execute("npm", args, { cwd: folder, timeout: 600_000 }));
  copyFileSync(lock, used);
  return true;
}

/**
 * @template Result
 * @param {() => Promise<Result>} run
 */
export async function retry(run) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await run();
    } catch (error) {
      if (attempt === attempts) throw error;
      console.log(`again, in ${5 * attempt} s: ${String(error.message).split("\n").slice(0, 3).join(" ")}`);
      await new Promise((resolve) => setTimeout(resolve, 5000 * attempt));
    }
  }
}
