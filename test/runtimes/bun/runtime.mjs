import { checkCommandLine } from "../harness/command-line.mjs";
import { installed, onPath } from "../harness/tools.mjs";

export const runtimes = [
  {
    name: "bun",
    find: () => installed("@oven/bun-linux-x64/bin/bun") ?? onPath("bun"),
    run: ({ report, app, program }) =>
      checkCommandLine(
        report,
        "bun",
        app,
        { command: program, args: ["run"], env: { DO_NOT_TRACK: "1" } },
        "bun/main.mjs",
      ),
  },
];
