import { readFileSync } from "node:fs";
import { engineOver, kernelEngine } from "../src/kernel/engine.ts";
import { compile } from "../src/kernel/instantiate.ts";
import { withOperations } from "../src/kernel/layers.ts";
import { softwareExports } from "../src/kernel/software.ts";
import { buildStack } from "../src/layers/stack.ts";
import type { EngineFactory } from "../src/model/engine.ts";
import { referenceEngine } from "../src/reference/engine.ts";

export const module = compile(readFileSync(new URL("../build/gru.wasm", import.meta.url)));

const kernel = kernelEngine(() => module);
const software = engineOver(softwareExports);

/** Every back end, for suites that must hold whichever computes. */
export const engines: readonly (readonly [name: string, create: EngineFactory])[] = [
  ["reference", referenceEngine],
  ["wasm", ({ layers }) => kernel(buildStack(withOperations(layers)))],
  ["software", ({ layers }) => software(buildStack(withOperations(layers)))],
];
