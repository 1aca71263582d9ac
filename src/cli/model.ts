import { convert, detect } from "../convert/index.ts";
import { type LoadedModel, loadModelWith } from "../format/load.ts";
import { int8Parts } from "../int8/model-file.ts";
import { createModel } from "../reference/index.ts";
import { openFile, type ReadingOptions, readLoadOptions, type SelectingOptions } from "./files.ts";

const loadModel = (bytes: Uint8Array) => loadModelWith(createModel, bytes, int8Parts);

/** A model out of a file of any format: foreign ones are converted in memory. */
export async function openModel(path: string, options: ReadingOptions & SelectingOptions): Promise<LoadedModel> {
  const file = await openFile(path);
  const { layer, node } = options;
  if (!layer && !node && (options.format ?? (await detect(file))) === "congruent") return loadModel(file.bytes);
  const { bytes } = await convert(file, { ...(await readLoadOptions(options)), layer, node });
  return loadModel(bytes);
}
