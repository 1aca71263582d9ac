import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // The suites of other runtimes start themselves.
    exclude: ["test/runtimes/**"],
    // One less, by default; of two cores that would be one.
    maxWorkers: "100%",
    // Nothing here is about time, and the machine may be busy.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
