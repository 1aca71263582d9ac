import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

/** Runs test/allocation.mjs, which counts, in a process of its own. */
const counts: Record<string, { steps: number; heapBytes: number; wasmBytes: number; collections: number }> = JSON.parse(
  execFileSync(process.execPath, ["--expose-gc", fileURLToPath(new URL("allocation.mjs", import.meta.url))], {
    encoding: "utf8",
  }),
);

describe("a step allocates nothing", () => {
  it.each(Object.keys(counts))("%s", (name) => {
    const { steps, heapBytes, wasmBytes, collections } = counts[name];
    expect(steps).toBe(1_000_000);
    expect(wasmBytes).toBe(0);
    expect(collections).toBe(0);
    // One object a step would be 16 MB or more. What is left is the engine compiling, and the counting itself.
    expect(heapBytes).toBeLessThan(500_000);
  });

  it("and the counting sees an allocation when there is one", () => {
    expect(Object.keys(counts)).toContain("control: a step that makes its output");
  });
});
