import { join } from "node:path";
import { measureColdStart } from "./cold.mjs";
import { executeForJson } from "./execute.mjs";

/**
 * The checks of a runtime that is a program: its own main, the run without globals, the cold start.
 *
 * @param {import("./report.mjs").Report} report
 * @param {string} name
 * @param {string} app
 * @param {{ command: string, args?: string[], env?: Record<string, string> }} program args come before the script
 * @param {string} main the runtime's own script, from the app
 */
export async function checkCommandLine(report, name, app, { command, args = [], env }, main) {
  const run = (script) => executeForJson(command, [...args, join(app, script)], { cwd: app, env });
  let place = {};
  await report.result(name, "import", "index.js", async () => {
    const result = await run(main);
    place = { version: result.version, engine: result.engine };
    const timings = await measureColdStart((script) => ({ command, args: [...args, script], env }), app);
    return { ...result, timings };
  });
  await report.result(name, "without globals", "index.js", async () => ({ ...place, ...(await run("bare.mjs")) }));
}
