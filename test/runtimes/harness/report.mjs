import { basename } from "node:path";

/**
 * @typedef {object} Row what the page says of one scope of one runtime
 * @property {string} runtime
 * @property {string} scope
 * @property {string} version
 * @property {string} engine
 * @property {string} entry the file of the package
 * @property {{ equal: number, of: number, flushed: boolean }} golden
 * @property {{ equal: number, of: number, module: string }} int8
 * @property {import("../suite.mjs").ColdStart | null} timings
 */

/** Counts checks, prints one line for each, and keeps what the page needs. */
export class Report {
  passed = 0;
  failed = 0;
  /** @type {Row[]} */
  rows = [];
  /** @type {{ bundler: string, version: string, output: string, ranIn: string }[]} */
  bundles = [];
  /** @type {string[]} */
  skipped = [];

  /** One line. */
  add(runtime, name, passed, detail) {
    if (passed) this.passed++;
    else this.failed++;
    const text = passed ? detail.split("\n")[0].slice(0, 100) : detail;
    console.log(`${passed ? "ok  " : "FAIL"} ${runtime.padEnd(12)} ${name.padEnd(48)} ${text}`.trimEnd());
  }

  /**
   * One check: what it returns is its detail.
   *
   * @param {() => string | Promise<string>} run
   */
  async check(runtime, name, run) {
    try {
      this.add(runtime, name, true, (await run()) ?? "");
    } catch (error) {
      this.add(runtime, name, false, String(error?.message ?? error));
    }
  }

  /**
   * All checks of one scope of a runtime.
   *
   * @param {string | null} entry the file of the package that must have been used; null where nobody can say
   * @param {() => Promise<object>} run → { version, engine, entry, timings, suite, core, checks, int8, reference }, all but
   *   suite and int8 optional
   */
  async result(runtime, scope, entry, run) {
    let result;
    try {
      result = await run();
      if (!result.suite || !result.int8) throw new Error(JSON.stringify(result));
    } catch (error) {
      return this.add(runtime, scope, false, String(error?.message ?? error));
    }
    const { suite, int8, core = [], checks = [], reference } = result;
    const file = basename(result.entry ?? "");
    if (entry !== null) this.add(runtime, `${scope}: entry`, file === entry, file || "unknown");
    const all = [...suite.checks, ...int8.checks, ...core, ...checks];
    for (const { name, passed, detail } of all) this.add(runtime, `${scope}: ${name}`, passed, detail);
    for (const { name, passed, detail } of reference?.checks ?? []) {
      this.add(runtime, `${scope}, reference: ${name}`, passed, detail);
    }
    const { version = "", engine = "", timings = null } = result;
    this.rows.push({ runtime, scope, version, engine, entry: file, golden: suite.golden, int8: int8.golden, timings });
  }

  /**
   * A runtime that is not here: a failure in CI.
   *
   * @param {string} hint how to get it
   */
  skip(runtime, ci, hint = "node test/runtimes/provision.mjs") {
    if (ci) return this.add(runtime, "present", false, `missing: ${hint}`);
    this.skipped.push(runtime);
    console.log(`skip ${runtime.padEnd(12)} missing: ${hint}`);
  }
}
