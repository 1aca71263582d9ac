import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { importTool } from "../harness/tools.mjs";

/** What a worker's bundle imports as a module of its own, and what workerd calls it. */
const kinds = { ".wasm": "wasm", ".safetensors": "data" };

/**
 * Bundles a worker as Cloudflare's own tools do (wrangler.toml: condition workerd, .wasm and .safetensors as modules
 * beside it), and serves it with workerd on this machine.
 *
 * @param {string} workerd the program
 * @param {string} entry
 * @returns {Promise<{ origin: string, pid: number, bytes: { raw: number, gzip: number }, close: () => Promise<void> }>}
 *   bytes: of all modules together, which is what the platform's limit is about
 */
export async function serveWorker(workerd, entry) {
  const folder = mkdtempSync(join(tmpdir(), "congruent-worker-"));
  const files = new Set();
  const beside = {
    name: "modules of their own",
    setup(build) {
      build.onResolve({ filter: /\.(wasm|safetensors)$/ }, async ({ path, resolveDir, kind, pluginData }) => {
        if (pluginData === beside) return undefined;
        const found = await build.resolve(path, { resolveDir, kind, pluginData: beside });
        if (found.errors.length > 0) return found;
        const file = basename(found.path);
        cpSync(found.path, join(folder, file));
        files.add(file);
        return { path: `./${file}`, external: true };
      });
    },
  };
  const esbuild = await importTool("esbuild");
  await esbuild.build({
    entryPoints: [entry],
    outfile: join(folder, "worker.mjs"),
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    plugins: [beside],
    logLevel: "silent",
  });
  const modules = [...files].map(
    (file) => `(name = "${file}", ${kinds[file.slice(file.lastIndexOf("."))]} = embed "${file}")`,
  );
  writeFileSync(
    join(folder, "config.capnp"),
    `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker)],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
const worker :Workerd.Worker = (
  modules = [(name = "worker.mjs", esModule = embed "worker.mjs"), ${modules.join(", ")}],
  compatibilityDate = "2026-10-01",
);
`,
  );
  // It says on a descriptor of our choice which port it got.
  const child = spawn(workerd, ["serve", join(folder, "config.capnp"), "--control-fd=3"], {
    stdio: ["ignore", "ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk) => {
    log += chunk;
  });
  const port = await new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`workerd: exit ${code}\n${log}`)));
    child.stdio[3].on("data", (chunk) => {
      const listening = String(chunk).match(/"socket":"http","port":(\d+)/);
      if (listening) resolve(Number(listening[1]));
    });
  });
  const contents = ["worker.mjs", ...files].map((file) => readFileSync(join(folder, file)));
  const sum = (sizes) => sizes.reduce((total, size) => total + size, 0);
  return {
    origin: `http://127.0.0.1:${port}`,
    pid: child.pid,
    bytes: {
      raw: sum(contents.map(({ length }) => length)),
      gzip: sum(contents.map((content) => gzipSync(content, { level: 9 }).length)),
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGKILL");
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resident memory of a process in MB (Linux). */
export function memoryOf(pid) {
  const [, kilobytes] = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+) kB/);
  return Number(kilobytes) / 1024;
}
