// Installs every runtime and bundler that is missing. Does nothing when all are there.
// Usage: node test/runtimes/provision.mjs
//
// npm packages come with --ignore-scripts: binaries are run straight from their platform packages (Linux, x64, glibc).
// Browsers come from Debian's packages, when apt-get is there and may be used; else whatever is installed is used.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { miniBrowser, onPath } from "./harness/tools.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
installPackages();
installBrowsers();

function installPackages() {
  const [lock, used] = [`${folder}package-lock.json`, `${folder}node_modules/.lock-used`];
  if (existsSync(used) && readFileSync(used).equals(readFileSync(lock))) return console.log("npm packages: there");
  console.log("npm packages: installing");
  // Not `npm ci`: it insists on the other platforms' optional packages, which a registry's mirror may lack.
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  copyFileSync(lock, used);
}

function installBrowsers() {
  const missing = Object.entries({
    chromium: onPath("chromium", "chromium-browser", "google-chrome"),
    "firefox-esr": onPath("firefox-esr", "firefox"),
    "webkit2gtk-driver": miniBrowser(),
    xvfb: onPath("xvfb-run"),
    xauth: onPath("xauth"),
  }).flatMap(([name, found]) => (found ? [] : [name]));
  if (missing.length === 0) return console.log("browsers: there");
  if (process.getuid?.() !== 0 || !onPath("apt-get")) return console.log(`browsers: missing ${missing.join(", ")}`);
  console.log(`browsers: installing ${missing.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], env);
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...missing], env);
}

function run(command, args, env = process.env) {
  const { status, error } = spawnSync(command, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(" ")}: exit ${status}`);
}
