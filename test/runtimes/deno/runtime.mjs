import { checkCommandLine } from "../harness/command-line.mjs";
import { installed, onPath } from "../harness/tools.mjs";

export const runtimes = [
  {
    name: "deno",
    find: () => installed("@deno/linux-x64-glibc/deno") ?? onPath("deno"),
    run: ({ report, app, program }) => {
      const env = { DENO_NO_UPDATE_CHECK: "1" };
      return checkCommandLine(
        report,
        "deno",
        app,
        { command: program, args: ["run", "--no-prompt"], env },
        "deno/main.mjs",
      );
    },
  },
];
