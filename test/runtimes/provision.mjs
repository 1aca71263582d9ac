// Installs every runtime and bundler that is missing. Does nothing when all are there.
// Usage: node test/runtimes/provision.mjs
//
// npm packages come with --ignore-scripts: binaries are run straight from their platform packages (Linux, x64, glibc).
// Browsers come from Debian's packages, by apt-get as root or through sudo; else whatever is installed is used.
import { fileURLToPath } from "node:url";
import { execute } from "./harness/execute.mjs";
import { installPackages, retry } from "./harness/packages.mjs";
import { miniBrowser, onPath } from "./harness/tools.mjs";

const installed = await installPackages(fileURLToPath(new URL(".", import.meta.url)));
console.log(`npm packages: ${installed ? "installed" : "there"}`);
await installBrowsers();

async function installBrowsers() {
  const missing = Object.entries({
    chromium: onPath("chromium", "chromium-browser", "google-chrome"),
    "firefox-esr": onPath("firefox-esr", "firefox"),
    "webkit2gtk-driver": miniBrowser(),
    xvfb: onPath("xvfb-run"),
    xauth: onPath("xauth"),
  }).flatMap(([name, found]) => (found ? [] : [name]));
  if (missing.length === 0) return console.log("browsers: there");
  const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
  if (!onPath("apt-get") || (asRoot.length > 0 && !onPath("sudo"))) {
    return console.log(`browsers: missing ${missing.join(", ")}; there is no apt-get, or no right to use it`);
  }
  console.log(`browsers: installing ${missing.join(", ")}`);
  const apt = (...args) => {
    const [command, ...rest] = [...asRoot, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", ...args];
    return retry(() => execute(command, rest, { timeout: 600_000 }));
  };
  await apt("update");
  await apt("install", "--yes", "--no-install-recommends", ...missing);
}
