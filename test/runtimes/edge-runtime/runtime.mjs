import { writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundle } from "../harness/bundle.mjs";
import { executeForJson } from "../harness/execute.mjs";
import { installed, versionOf } from "../harness/tools.mjs";

const host = fileURLToPath(new URL("host.mjs", import.meta.url));

export const runtimes = [
  {
    name: "edge-runtime",
    find: () => installed("edge-runtime/package.json"),
    async run({ report, app, library }) {
      const version = versionOf("edge-runtime");
      await report.result("edge-runtime", "strict, condition edge-light", "index.edge-light.js", async () => {
        const { entry, file } = await build(app, "handler.mjs", ["edge-light"]);
        const deployed = ["gru.wasm", "int8-plain.wasm"].map((name) => join(library, "dist", name));
        return {
          version,
          entry,
          ...(await executeForJson(process.execPath, [host, file, ...deployed])),
        };
      });
      await report.check("edge-runtime", "strict, without the condition: a clear message", async () => {
        const { file } = await build(app, "refused.mjs", []);
        const { code, message } = await executeForJson(process.execPath, [host, file]);
        if (code !== "wasm" || !message?.includes("congruent/core")) throw new Error(`${code}: ${message}`);
        return `${code}: ${message}`;
      });
    },
  },
];

async function build(app, main, conditions) {
  // Vercel's bundlers turn `?module` into the module that is deployed beside the function.
  const wasm = {
    name: "?module is the deployed module",
    setup(build) {
      build.onResolve({ filter: /\.wasm\?module$/ }, ({ path }) => ({ path, namespace: "deployed" }));
      build.onLoad({ filter: /./, namespace: "deployed" }, ({ path }) => ({
        contents: `export default deployed[${JSON.stringify(basename(path, "?module"))}];`,
      }));
    },
  };
  const { entry, text } = await bundle({
    entryPoints: [join(app, "edge-runtime", main)],
    format: "iife",
    conditions,
    plugins: [wasm],
  });
  const file = join(app, `edge-${main}`);
  writeFileSync(file, text);
  return { entry, file };
}
