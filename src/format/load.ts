import { expected } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import type { Model, ModelOptions } from "../model/model.ts";
import type { Preset } from "../sequence/semantics.ts";
import { type ModelFileParts, type ModelSource, readModelFile } from "./model-file.ts";
import { readSource } from "./source.ts";
import { type Verification, verify } from "./verify.ts";

/** A model out of a file. */
export interface LoadedModel extends Model {
  /** What it was converted from; null where the file does not say. */
  readonly source: ModelSource | null;
  /** The framework whose rules its runs and streams follow, unless they are told otherwise. */
  readonly semantics: Preset;
  /**
   * Runs the test vector that the file holds, apart from this model's own runs.
   *
   * @throws CongruentError `file`: the results are further off than the file allows, or it holds no test vector
   */
  verify(): Verification;
}

/**
 * A model out of a file's bytes, or of what carries them.
 *
 * @param parts as `readModelFile` takes them
 * @throws CongruentError as `readSource`, `readModelFile` and `createModel` do
 */
export async function loadModelWith(
  createModel: (layers: readonly Layer[], options: ModelOptions) => Model,
  given: unknown,
  parts?: ModelFileParts,
): Promise<LoadedModel> {
  const { layers, semantics, source, test } = readModelFile(await readSource(given), "file", parts);
  const create = () => createModel(layers, { semantics });
  return Object.assign(create(), {
    source,
    semantics,
    verify() {
      if (!test) throw expected("file", "verify", "a file with a test vector", "one without");
      return verify(create(), test);
    },
  });
}
