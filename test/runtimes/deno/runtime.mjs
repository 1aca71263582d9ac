import { fileURLToPath } from "node:url";
import { checkCommandLine } from "../harness/command-line.mjs";
import { execute } from "../harness/execute.mjs";
import { installed, onPath } from "../harness/tools.mjs";

const project = fileURLToPath(new URL("../../..", import.meta.url));

export const runtimes = [
  {
    name: "deno",
    find: () => installed("@deno/linux-x64-glibc/deno") ?? onPath("deno"),
    async run({ report, app, program }) {
      const env = { DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };
      await checkCommandLine(
        report,
        "deno",
        app,
        { command: program, args: ["run", "--no-prompt"], env },
        "deno/main.mjs",
      );
      await report.check("deno", "jsr.json: types and files are what JSR takes", async () => {
        await execute(process.execPath, ["jsr.mjs"], { cwd: project });
        const { stderr } = await execute(program, ["publish", "--dry-run", "--allow-dirty"], { cwd: project, env });
        const published = stderr.match(/\/build\/jsr\/.*\.js /g)?.length;
        if (!stderr.includes("Dry run complete") || !published) throw new Error(stderr);
        return `${published} scripts`;
      });
    },
  },
];
