import { expect, it } from "vitest";
import { attackFormat, hostileFormats } from "./harness.ts";

/** The long run is `node test/hostile/run.mjs`. */
const quick = { count: 500, truncations: 200 };

const root = new URL("../../", import.meta.url);

it.each(hostileFormats(root))("%s: damaged files are refused or read rightly", async (format) => {
  const report = await attackFormat(root, format, quick);
  expect(report.failures).toEqual([]);
  expect(report.refused).toBeGreaterThan(0);
});
