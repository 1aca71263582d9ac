import { type Kernel, kernelOf } from "../kernel/kernel.ts";
import { findFault } from "../kernel/self-test.ts";
import type { EngineFactory } from "../model/engine.ts";
import { INT8_ANSWER, runInt8SelfTest } from "./self-test.ts";

/**
 * A kernel over a module that multiplies int8 matrices too: before its first model is made it is tested in f32 and in
 * int8.
 *
 * @param module gives the module, when it is needed
 * @param fallback makes the models where this engine computes wrongly, after a warning
 */
export function int8KernelOf(module: () => object, fallback: Kernel): Kernel {
  return kernelOf(module, fallback, findAnyFault);
}

const findAnyFault = (createEngine: EngineFactory) =>
  findFault(createEngine) ?? findFault(createEngine, runInt8SelfTest, INT8_ANSWER);
