import { type LoadedModel, loadModelWith } from "../format/load.ts";
import type { ModelFileParts } from "../format/model-file.ts";
import type { Kernel } from "./kernel.ts";
import { withOperations } from "./layers.ts";

/** A model out of a file, on a kernel: the layers get their operations. */
export function loadKernelModel(
  createModel: Kernel["createModel"],
  source: unknown,
  parts?: ModelFileParts,
): Promise<LoadedModel> {
  return loadModelWith((layers, options) => createModel(withOperations(layers), options), source, parts);
}
