import { openPage } from "../harness/browser.mjs";
import { execute } from "../harness/execute.mjs";
import { checkAllocation } from "./allocation.mjs";
import { chromium } from "./chromium.mjs";
import { firefox } from "./firefox.mjs";
import { webkitgtk } from "./webkitgtk.mjs";

/** The scopes that main.mjs opens, in its order, and the file of the package that each imports. */
const scopes = {
  page: "index.js",
  "dedicated worker": "index.js",
  "worker without globals": "index.js",
  "service worker": "index.js",
  AudioWorklet: "index.js",
  "CSP with 'wasm-unsafe-eval'": "index.js",
  "CSP without it": "reference.js",
};

const policies = {
  "/browsers/csp/allowed.html": {
    "content-security-policy": "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
  },
  "/browsers/csp/denied.html": { "content-security-policy": "default-src 'none'; script-src 'self'" },
};

export const runtimes = [chromium, firefox, webkitgtk].map((browser) => ({
  name: browser.name,
  find: browser.find,
  async run({ report, app, program }) {
    const { name } = browser;
    const asked = browser.version(program);
    const { stdout } = await execute(asked.command, asked.args);
    const version = stdout.match(/\d+\.[\w.]+/)?.[0] ?? "";
    const { posted, requests, log } = await openPage({ start: browser.start(program) }, app, "/browsers/index.html", {
      headers: policies,
    });
    for (const [scope, file] of Object.entries(scopes)) {
      const entry = requests.find((path) => path === `/node_modules/congruent/dist/${file}`);
      const result = posted.find((candidate) => candidate.scope === scope)?.result;
      await report.result(name, scope, file, () => {
        if (!result) throw new Error(`nothing came\n${log.slice(-1500)}`);
        if (result.error) throw new Error(result.error);
        prove(browser, version, result);
        return { version, entry, ...result };
      });
    }
    if (browser.traceCollections) {
      await report.check(name, "AudioWorklet: callbacks allocate nothing", () =>
        checkAllocation(browser, program, app),
      );
    }
  },
}));

/** Throws when a result comes from another browser. */
function prove(browser, version, { userAgent, engine }) {
  if (engine !== browser.engine) throw new Error(`expected ${browser.engine}, got ${engine}`);
  if (userAgent === undefined) return;
  const [, major] = userAgent.match(browser.userAgent) ?? [userAgent, null];
  if (major === null || (major !== undefined && major !== version.split(".")[0])) {
    throw new Error(`expected ${browser.name} ${version}, got ${userAgent}`);
  }
}
