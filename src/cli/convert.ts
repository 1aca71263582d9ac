import { writeFile } from "node:fs/promises";
import { convert, type Sample } from "../convert/index.ts";
import { expected } from "../errors.ts";
import { createModel } from "../int8/index.ts";
import type { QuantizeOptions } from "../int8/quantize.ts";
import type { Preset } from "../sequence/semantics.ts";
import { readInput, readTensorFile } from "./arrays.ts";
import { openFile, type ReadingOptions, readLoadOptions, type SelectingOptions } from "./files.ts";

interface ConvertingOptions extends ReadingOptions, SelectingOptions {
  readonly output: string;
  readonly sample?: string;
  readonly expected?: string;
  readonly tolerance?: number;
  readonly dtype: "f32" | "f16" | "int8";
  readonly precision?: "7" | "14";
  readonly calibrate?: string;
  readonly semantics?: Preset;
}

/** `congruent convert FILE -o OUT` */
export async function convertFile(path: string, options: ConvertingOptions): Promise<void> {
  const { output, layer, node, dtype, semantics } = options;
  const converting = {
    ...(await readLoadOptions(options)),
    layer,
    node,
    dtype,
    int8: await readInt8Options(options),
    semantics,
    sample: await readSample(options),
  };
  const { bytes, model } = await convert(await openFile(path), converting, { createModel });
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
  return { input: await readTensorFile(sample), ...(outputs && { outputs: await readTensorFile(outputs) }), tolerance };
}

async function readInt8Options({
  dtype,
  precision,
  calibrate,
}: ConvertingOptions): Promise<QuantizeOptions | undefined> {
  if (dtype !== "int8") {
    if (precision === undefined && calibrate === undefined) return undefined;
    throw expected("option", "--precision and --calibrate", "--dtype int8 beside them", `--dtype ${dtype}`);
  }
  return {
    ...(precision && { precision: precision === "7" ? 7 : 14 }),
    ...(calibrate !== undefined && { calibration: [{ input: await readInput(calibrate) }] }),
  };
}
