import { join } from "node:path";
import { executeForJson } from "./execute.mjs";

const runs = 5;

/**
 * The cold start of a command-line runtime: the median of fresh processes.
 *
 * @param {(script: string) => { command: string, args: string[], env?: Record<string, string> }} start how to run a script
 * @param {string} app
 * @returns {Promise<import("../suite.mjs").ColdStart>}
 */
export async function measureColdStart(start, app) {
  const all = [];
  for (let i = 0; i < runs; i++) {
    const { command, args, env } = start(join(app, "cold.mjs"));
    all.push(await executeForJson(command, args, { cwd: app, env }));
  }
  const median = (key) => all.map((timings) => timings[key]).sort((a, b) => a - b)[(runs - 1) / 2];
  return { import: median("import"), create: median("create"), first: median("first") };
}
