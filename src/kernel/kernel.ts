import type { CongruentError } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import { createModelWith, type Model, type ModelOptions } from "../model/model.ts";
import { warn } from "../warning.ts";
import { kernelEngine } from "./engine.ts";
import { findFault } from "./self-test.ts";

/** What a kernel gives: models. */
export interface Kernel {
  /** As `createModel` of the entry `congruent`. */
  createModel(layers: readonly Layer[], options?: ModelOptions): Model;
}

/**
 * A kernel over a compiled module, which is tested before the first model is made: no model is ever made on an engine
 * that computes wrongly.
 *
 * @param module gives the module, when it is needed
 * @param fallback makes the models where this engine computes wrongly, after a warning; without one, that is an error
 */
export function kernelOf(module: () => object, fallback?: Kernel): Kernel {
  const createEngine = kernelEngine(module);
  /** undefined until it has been looked for, and said */
  let fault: CongruentError | null | undefined;
  return {
    createModel(layers, options) {
      if (fault === undefined) {
        const found = findFault(createEngine);
        if (found && fallback) warn(found);
        fault = found;
      }
      if (!fault) return createModelWith(createEngine, layers, options);
      if (!fallback) throw fault;
      return fallback.createModel(layers, options);
    },
  };
}
