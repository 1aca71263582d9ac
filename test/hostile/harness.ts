import { mkdirSync, readdirSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import type { Attack } from "./attack.ts";
import type { HostileReport } from "./format.ts";

/** A case that uses no CPU either is stuck waiting for what never comes. */
const stuckMilliseconds = 30_000;
const hangSeconds = 4;

/** The formats that register themselves in `formats/`. */
export function hostileFormats(root: URL): string[] {
  const files = readdirSync(new URL("test/hostile/formats/", root)).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.slice(0, -3)).sort();
}

/**
 * Attacks one format, in a worker: a reader that never returns, or that exhausts memory, ends the worker and not us.
 *
 * @param root the project's folder
 * @param format its name, or a path from `formats/`
 * @param options mutations, their seed, and how many truncations of one seed at most
 */
export async function attackFormat(
  root: URL,
  format: string,
  { count, seed = 1, truncations = Number.MAX_SAFE_INTEGER }: { count: number; seed?: number; truncations?: number },
): Promise<HostileReport> {
  const outfile = fileURLToPath(new URL(`build/hostile/${process.pid}-${basename(format)}.mjs`, root));
  mkdirSync(new URL("build/hostile/", root), { recursive: true });
  await build({
    stdin: {
      contents: `import format from "./formats/${format}.ts";\nimport { attack } from "./attack.ts";\nattack(format);\n`,
      resolveDir: fileURLToPath(new URL("test/hostile/", root)),
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    logLevel: "warning",
  });
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const workerData: Attack = { root: root.href, count, seed, truncations, progress };
  const worker = new Worker(pathToFileURL(outfile), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  try {
    return await Promise.race([finished(worker), watch(worker, progress)]);
  } finally {
    await worker.terminate();
  }
}

function finished(worker: Worker): Promise<HostileReport> {
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`the reader ended its worker, exit code ${code}`)));
  });
}

/** Rejects when one case goes on for too long. CPU time counts: the machine may be busy. */
function watch(worker: Worker, progress: Int32Array): Promise<never> {
  return new Promise((_, reject) => {
    let last = -1;
    let since = Date.now();
    let cpu = process.cpuUsage();
    const timer = setInterval(() => {
      const current = Atomics.load(progress, 0);
      if (current !== last) {
        last = current;
        since = Date.now();
        cpu = process.cpuUsage();
        return;
      }
      const { user, system } = process.cpuUsage(cpu);
      if ((user + system) / 1e6 > hangSeconds || Date.now() - since > stuckMilliseconds) {
        reject(new Error(`case ${current} hangs`));
      }
    }, 100);
    worker.once("exit", () => clearInterval(timer));
  });
}
