import { execFile } from "node:child_process";

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: Record<string, string>, timeout?: number }} options env comes over this process's own
 * @returns {Promise<{ stdout: string, stderr: string }>}
 * @throws Error with what the program wrote, when it fails or takes too long
 */
export function execute(command, args, { cwd, env = {}, timeout = 60_000 } = {}) {
  return new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, ...env }, timeout, killSignal: "SIGKILL", maxBuffer: 1 << 26 };
    const child = execFile(command, args, options, (error, stdout, stderr) => {
      if (!error) return resolve({ stdout, stderr });
      const why = error.killed ? `no end after ${timeout / 1000} s` : `exit ${error.code}`;
      // Engines show the line that threw, which in a minified file is the file.
      const said = (stderr.trim() || stdout.trim()).replaceAll(/^(.{500}).+$/gm, "$1…");
      reject(new Error(`${command.split("/").at(-1)} ${args.join(" ")}: ${why}\n${said}`));
    });
    child.stdin?.end();
  });
}

/**
 * A program whose last line is JSON.
 *
 * @returns {Promise<any>}
 */
export async function executeForJson(command, args, options) {
  const { stdout, stderr } = await execute(command, args, options);
  const line = stdout.trim().split("\n").at(-1) ?? "";
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`expected JSON, got ${stdout.slice(-500)}\n${stderr.slice(-1500)}`);
  }
}
