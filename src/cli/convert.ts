import { readFile, writeFile } from "node:fs/promises";
import { convert, type Sample } from "../convert/index.ts";
import { readNpy } from "../convert/npz/npy.ts";
import { expected } from "../errors.ts";
import type { Preset } from "../sequence/semantics.ts";
import type { TensorLike } from "../tensor.ts";
import { openFile, parseFile, type ReadingOptions, readLoadOptions, type SelectingOptions } from "./files.ts";

interface ConvertingOptions extends ReadingOptions, SelectingOptions {
  readonly output: string;
  readonly sample?: string;
  readonly expected?: string;
  readonly tolerance?: number;
  readonly dtype: "f32" | "f16";
  readonly semantics?: Preset;
}

/** `congruent convert FILE -o OUT` */
export async function convertFile(path: string, options: ConvertingOptions): Promise<void> {
  const { output, layer, node, dtype, semantics } = options;
  const { bytes, model } = await convert(await openFile(path), {
    ...(await readLoadOptions(options)),
    layer,
    node,
    dtype,
    semantics,
    sample: await readSample(options),
  });
  if (output === "-") process.stdout.write(bytes);
  else await writeFile(output, bytes);
  process.stderr.write(
    `${output === "-" ? "stdout" : output}: ${bytes.length} bytes, from ${model.format} of ${model.framework}\n`,
  );
}

async function readSample({ sample, expected: outputs, tolerance }: ConvertingOptions): Promise<Sample | undefined> {
  if (sample === undefined) {
    if (outputs === undefined && tolerance === undefined) return undefined;
    throw expected("option", "--expected and --tolerance", "a --sample beside them", "none");
  }
  return { input: await readArray(sample), ...(outputs && { outputs: await readArray(outputs) }), tolerance };
}

/** Numbers of a `.npy` file, or of JSON. */
async function readArray(path: string): Promise<TensorLike> {
  const bytes = await readFile(path);
  return bytes[0] === 0x93 ? readNpy(bytes, path) : (parseFile(bytes.toString("utf8"), path) as TensorLike);
}
