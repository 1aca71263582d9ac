import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = fileURLToPath(new URL("../node_modules/", import.meta.url));
const require = createRequire(import.meta.url);

/**
 * A file of an installed package.
 *
 * @param {string} path from node_modules
 * @returns {string | null} null when it is not there
 */
export function installed(path) {
  const file = join(modules, path);
  return existsSync(file) ? file : null;
}

/**
 * The module of a bundler, found from this folder, not from the app.
 *
 * @returns {Promise<any>}
 */
export function importTool(name) {
  return import(require.resolve(name));
}

/** The version of an installed package. */
export function versionOf(name) {
  return require(join(modules, name, "package.json")).version;
}

/**
 * The first of these programs on the PATH.
 *
 * @param {string[]} names
 * @returns {string | null}
 */
export function onPath(...names) {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      if (folder && existsSync(join(folder, name))) return join(folder, name);
    }
  }
  return null;
}

/** WebKitGTK's MiniBrowser, which distributions keep outside the PATH, in lib/<architecture>/webkit2gtk-<version>/. */
export function miniBrowser() {
  for (const root of ["/usr/lib", "/usr/libexec"].filter(existsSync)) {
    for (const folder of [root, ...readdirSync(root).map((name) => join(root, name))]) {
      for (const api of ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"]) {
        const file = join(folder, api, "MiniBrowser");
        if (existsSync(file)) return file;
      }
    }
  }
  return null;
}
