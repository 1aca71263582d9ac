import type { ForeignModel } from "./foreign.ts";
import type { Mapping } from "./mapping/mapping.ts";
import { readMapped } from "./mapping/read.ts";
import type { NamedTensors } from "./named-tensor.ts";
import { readStateDict, type StateDictOptions } from "./state-dict/read.ts";

/** How to read a file that holds tensors by name and nothing else: by a mapping, or as a PyTorch state dict. */
export interface TensorFileOptions extends StateDictOptions {
  /** Which array is which weight (docs/mapping.md), as JSON has it. The other options have no meaning then. */
  readonly mapping?: Mapping | undefined;
}

/**
 * Tensors by name → parts.
 * @throws CongruentError `option`, `weights`, `unsupported` or `file`
 */
export function readTensors(
  tensors: NamedTensors,
  { mapping, ...options }: TensorFileOptions,
  about: Pick<ForeignModel, "format" | "framework" | "version">,
): ForeignModel {
  return mapping === undefined ? readStateDict(tensors, options, about) : readMapped(tensors, mapping, about);
}
