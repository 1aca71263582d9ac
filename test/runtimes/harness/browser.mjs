import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serve } from "./server.mjs";

/**
 * Opens a page in a browser, without a driver, and collects what it posts until it posts `{ end: true }`.
 *
 * @param {{ start: (url: string, profile: string) => { command: string, args: string[], env?: Record<string, string> } }} browser
 * @param {string} folder what is served
 * @param {string} path of the page
 * @param {{ headers?: Record<string, Record<string, string>>, timeout?: number }} options
 * @returns {Promise<{ posted: any[], requests: string[], log: string, ended: boolean }>} log is what the browser wrote
 */
export async function openPage(browser, folder, path, { headers, timeout = 90_000 } = {}) {
  const posted = [];
  let end = () => {};
  const ended = new Promise((resolve) => {
    end = resolve;
  });
  const server = await serve(folder, (result) => (result.end ? end(true) : posted.push(result)), headers);
  const profile = mkdtempSync(join(tmpdir(), "congruent-profile-"));
  const { command, args, env } = browser.start(server.origin + path, profile);
  // A group of its own, so that all that the browser started can be ended with it.
  const child = spawn(command, args, { env: { ...process.env, ...env }, detached: true });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      log += chunk;
    });
  }
  child.on("error", (error) => {
    log += error;
    end(false);
  });
  const timer = setTimeout(end, timeout, false);
  const done = await ended;
  clearTimeout(timer);
  const closed = new Promise((resolve) => child.once("close", resolve));
  try {
    process.kill(-child.pid, "SIGKILL");
    await closed;
  } catch {
    // It has ended by itself.
  }
  server.close();
  rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  return { posted, requests: server.requests, log, ended: done };
}
