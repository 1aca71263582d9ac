import { expected } from "../errors.ts";
import { type Sample, type WriteOptions, writeModel } from "../format/write.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { checkKeys } from "../options.ts";
import type { Bytes } from "../tensor.ts";
import type { ForeignFile, ForeignModel } from "./foreign.ts";
import { type LoadOptions, loadOptions, readForeign } from "./load.ts";
import { type Selection, selectLayers } from "./select.ts";

/** How a file is converted. */
export interface ConvertOptions extends LoadOptions, Selection, Pick<WriteOptions, "dtype" | "int8" | "semantics"> {
  /** A run whose results the file will hold. */
  readonly sample?: Sample | null | undefined;
}

/** What {@link convert} gives. */
export interface Converted {
  /** A model file, for `loadModel`. */
  readonly bytes: Bytes;
  /** What the given file held. */
  readonly model: ForeignModel;
}

/**
 * A file of another framework → a model file.
 *
 * @param kernel runs the calibration of int8, as in `writeModel`
 * @throws CongruentError `file`, `unsupported` or `option`, as the loader of its format, {@link selectLayers} and
 *   `writeModel` do
 * @example const { bytes } = await convert({ name: "model.h5", bytes: readFileSync("model.h5") });
 */
export async function convert(
  file: ForeignFile,
  options: ConvertOptions = {},
  kernel?: Pick<Kernel, "createModel">,
): Promise<Converted> {
  checkKeys(options, [...loadOptions, "layer", "node", "dtype", "int8", "semantics", "sample"], "convert");
  const { layer, node, dtype, int8, semantics, sample, ...others } = options;
  const model = await readForeign(file, others);
  const layers = selectLayers(model, { layer, node }, file.name);
  const source = {
    format: model.format,
    framework: model.framework,
    version: model.version,
    name: file.name.replace(/^.*[\\/]/, ""),
    sha256: await sha256(file.bytes),
  };
  const bytes = writeModel(layers, { dtype, int8, semantics: semantics ?? model.semantics, sample, source }, kernel);
  return { bytes, model };
}

/** In hexadecimal digits. */
async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto ?? {};
  // Browsers have it in secure contexts only.
  if (!subtle) throw expected("unsupported", "convert", "a runtime with crypto.subtle", "none");
  const digest = new Uint8Array(await subtle.digest("SHA-256", bytes as Bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
