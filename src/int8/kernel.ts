import type { CongruentError } from "../errors.ts";
import { type Kernel, kernelOf } from "../kernel/kernel.ts";
import { warn } from "../warning.ts";
import { findInt8Fault } from "./self-test.ts";

/**
 * A kernel over a module that multiplies int8 matrices too. Before its first model is made it is tested in f32, as every
 * kernel is, and in int8.
 *
 * @param module gives the module, when it is needed
 * @param fallback makes the models where this engine computes wrongly, after a warning
 */
export function int8KernelOf(module: () => object, fallback: Kernel): Kernel {
  const kernel = kernelOf(module, fallback);
  /** undefined until it has been looked for */
  let fault: CongruentError | null | undefined;
  return {
    createModel(layers, options) {
      if (fault === undefined) {
        fault = findInt8Fault(kernel);
        if (fault) warn(fault);
      }
      return (fault ? fallback : kernel).createModel(layers, options);
    },
  };
}
