import { convert, detect } from "../convert/index.ts";
import type { LoadedModel } from "../index.ts";
import { loadModel } from "../int8/index.ts";
import { openFile, type ReadingOptions, readLoadOptions, type SelectingOptions } from "./files.ts";

/** A model out of a file of any format, f32 or int8: foreign ones are converted in memory. */
export async function openModel(path: string, options: ReadingOptions & SelectingOptions): Promise<LoadedModel> {
  const file = await openFile(path);
  const { layer, node } = options;
  if (!layer && !node && (options.format ?? (await detect(file))) === "congruent") return loadModel(file.bytes);
  const { bytes } = await convert(file, { ...(await readLoadOptions(options)), layer, node });
  return loadModel(bytes);
}

/** Whether a file is one of our own. */
export async function isModelFile(path: string): Promise<boolean> {
  const file = await openFile(path);
  // Of what no one can tell --format may say what it is.
  const format = await detect(file).catch(() => null);
  return format === "congruent";
}
