import { fileURLToPath } from "node:url";
import { execute } from "../harness/execute.mjs";
import { installed } from "../harness/tools.mjs";
import { serveWorker } from "./server.mjs";
import { checks, load, sentences } from "./worker.mjs";

const example = fileURLToPath(new URL("../../../examples/language-id/", import.meta.url));

/** What Cloudflare lets a free worker have, compressed: 3 MB. */
const LIMIT = 3 * 2 ** 20;

const worker = "language-id worker";

const workerd = {
  name: worker,
  find: () => installed("@cloudflare/workerd-linux-64/bin/workerd"),
  async run({ report, program }) {
    const server = await serveWorker(program, `${example}worker/worker.mjs`);
    try {
      for (const [what, check] of Object.entries(checks)) await report.check(worker, what, () => check(server));
      await report.check(worker, "load: eight clients for five seconds", async () => {
        const { requests, p50, p99, memory } = await load(server);
        return `${requests.toFixed(0)} requests a second, p50 ${p50} ms, p99 ${p99} ms, ${memory.toFixed(0)} MB`;
      });
      await report.check(worker, "size: within the platform's limit", () => {
        const { raw, gzip } = server.bytes;
        if (gzip > LIMIT) throw new Error(`${gzip} bytes compressed`);
        return `${(raw / 1000).toFixed(0)} KB, ${(gzip / 1000).toFixed(0)} KB compressed, of ${LIMIT / 2 ** 20} MB`;
      });
    } finally {
      await server.close();
    }
  },
};

/** The examples for the command line: the same sentences, each with its language's name. */
const commandLine = (name, find, command) => ({
  name: `language-id ${name}`,
  find,
  async run({ report, program }) {
    await report.check(`language-id ${name}`, "names the languages", async () => {
      const { stdout } = await execute(program, [...command, ...Object.values(sentences)]);
      const names = Array.from(stdout.matchAll(/^ {2}(\S+) +[\d.]+ %/gm), ([, name]) => name);
      const wanted = ["German", "English", "Spanish", "French", "Japanese", "Polish", "Russian"];
      if (names.join() !== wanted.join()) throw new Error(stdout);
      return names.join(" ");
    });
  },
});

export const runtimes = [
  workerd,
  commandLine("node", () => process.execPath, [`${example}node/main.mjs`]),
  commandLine("deno", () => installed("@deno/linux-x64-glibc/deno"), [
    "run",
    "--no-prompt",
    "--allow-read",
    `${example}deno/main.ts`,
  ]),
];
