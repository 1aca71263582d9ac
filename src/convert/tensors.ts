import { checkKeys } from "../options.ts";
import type { ForeignModel } from "./foreign.ts";
import type { Mapping } from "./mapping/mapping.ts";
import { readMapped } from "./mapping/read.ts";
import type { NamedTensors } from "./named-tensor.ts";
import { readStateDict, type StateDictOptions } from "./state-dict/read.ts";

/** How to read a file that holds tensors by name and nothing else: by a mapping, or as a PyTorch state dict. */
export interface TensorFileOptions extends StateDictOptions {
  /** Which array is which weight (docs/mapping.md), as JSON has it. There can be no other option beside it. */
  readonly mapping?: Mapping | undefined;
}

/**
 * Tensors by name → parts.
 * @throws CongruentError `option`, `weights`, `unsupported` or `file`
 */
export function readTensors(
  tensors: NamedTensors,
  options: TensorFileOptions,
  about: Pick<ForeignModel, "format" | "framework" | "version">,
): ForeignModel {
  const { mapping, ...others } = options;
  if (mapping === undefined) return readStateDict(tensors, others, about);
  checkKeys(options, ["mapping"], `${about.format} with a mapping`);
  return readMapped(tensors, mapping, about);
}
