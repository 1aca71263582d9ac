import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { cases, findDifference } from "./int8-product.ts";

const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** An engine with relaxed SIMD: that of the tests may have none. */
const node = pathOf("test/runtimes/node_modules/node24/bin/node");

describe("multiplyInt8 of int8-plain.wasm has the reference's bits", () => {
  const module = new WebAssembly.Module(readFileSync(pathOf("build/int8-plain.wasm")));
  it.each([...cases()])("%s", (_, list) => {
    for (const [i, each] of list.entries()) expect(findDifference(module, each, i + 1)).toBeNull();
  });
});

describe.skipIf(!existsSync(node))("multiplyInt8 of int8.wasm has the reference's bits", () => {
  const found = existsSync(node) ? runRelaxed() : new Map<string, string | null>();
  it.each([...cases()])("%s", (name) => {
    expect(found.get(name)).toBeNull();
  });
});

function runRelaxed(): Map<string, string | null> {
  const entryPoints = [pathOf("test/kernel/int8-relaxed.ts")];
  const { outputFiles } = buildSync({ entryPoints, bundle: true, platform: "node", format: "esm", write: false });
  const options = { input: outputFiles[0].text, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync(node, ["--input-type=module", "-", pathOf("build/int8.wasm")], options);
  if (stderr) throw new Error(stderr);
  return new Map(JSON.parse(stdout));
}
