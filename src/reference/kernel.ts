import type { Kernel } from "../kernel/kernel.ts";
import { createModelWith } from "../model/model.ts";
import { referenceEngine } from "./engine.ts";

/** The reference where a kernel is expected. */
export const reference: Kernel = {
  createModel: (layers, options) => createModelWith(referenceEngine, layers, options),
};
