import { join } from "node:path";
import { checkCommandLine } from "../harness/command-line.mjs";
import { executeForJson } from "../harness/execute.mjs";
import { installed } from "../harness/tools.mjs";

const current = process.versions.node.split(".")[0];

/** Node 20 is the one that runs this; the others come with provision.mjs. */
export const runtimes = ["20", "22", "24", "26"].map((major) => ({
  name: `node${major}`,
  ...(major === "20" && { hint: "run this with Node 20" }),
  find: () => (major === current ? process.execPath : installed(`node${major}/bin/node`)),
  async run({ report, app, program }) {
    const name = `node${major}`;
    await checkCommandLine(report, name, app, { command: program }, "node/main.mjs");
    await report.result(name, "require()", "index.js", () =>
      executeForJson(program, [join(app, "node/require.cjs")], { cwd: app }),
    );
  },
}));
