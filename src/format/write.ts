import { CongruentError, expected, show } from "../errors.ts";
import { int8Parts } from "../int8/model-file.ts";
import { type QuantizeOptions, quantizeWith } from "../int8/quantize.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { Layer } from "../layers/layer.ts";
import { buildStack } from "../layers/stack.ts";
import type { Input } from "../model/input.ts";
import { createModelWith, type ModelOptions } from "../model/model.ts";
import { checkKeys } from "../options.ts";
import { referenceEngine } from "../reference/engine.ts";
import { reference } from "../reference/kernel.ts";
import type { Preset } from "../sequence/semantics.ts";
import { type Bytes, isList, readTensor, type Tensor, type TensorLike } from "../tensor.ts";
import { checksum } from "./checksum.ts";
import { describeLayer, type Int8Values } from "./describe.ts";
import { toHalf } from "./half.ts";
import { checksumKey, descriptionKey, formatVersion, type ModelSource, readModelFile } from "./model-file.ts";
import type { StoredTensor } from "./safetensors.ts";
import { distance, resultsOf } from "./verify.ts";
import { halfToNumber } from "./widen.ts";
import { writeSafetensors } from "./write-safetensors.ts";

/** How a model is written. */
export interface WriteOptions {
  /** What runs of the model follow that are not told otherwise. Default keras. */
  readonly semantics?: Preset | undefined;
  /** What it was converted from. */
  readonly source?: ModelSource | null | undefined;
  /** A run whose results the file will hold, so that `verify` can repeat it anywhere. */
  readonly sample?: Sample | null | undefined;
  /**
   * How weights are stored. f16 halves the file and rounds every weight to 11 bits; int8 quarters it, as `quantize` of
   * congruent/int8 does, whose models alone can run it. Layers that are int8 already stay so. Default f32.
   */
  readonly dtype?: Dtype | undefined;
  /** How layers are quantised, with dtype int8. */
  readonly int8?: QuantizeOptions | undefined;
}

export type Dtype = "f32" | "f16" | "int8";

/** A run to remember. */
export interface Sample {
  /** [batch, time, features], or [batch, time] token ids */
  readonly input: TensorLike;
  readonly lengths?: readonly number[] | undefined;
  /** [batch, time] of 0 and 1 */
  readonly mask?: TensorLike | undefined;
  /** The outputs that another framework gave. Default: the outputs and states of the layers as they are given. */
  readonly outputs?: TensorLike | undefined;
  /**
   * How far results may be off. Default: how far those of the written weights are: 0 unless they are f16 or int8, or the outputs
   * are another framework's.
   */
  readonly tolerance?: number | undefined;
}

/** A tensor's numbers as a file stores them. */
type Store = (tensor: Tensor, name: string) => StoredTensor;

/**
 * Layers → the bytes of a file that `loadModel` reads: safetensors, with a description of the layers in its metadata.
 *
 * What it returns has been read back, and gives the layers that it was given (with f16 or int8, those with rounded weights).
 *
 * @param kernel whose `createModel` runs the calibration of int8: `congruent` and `congruent/int8`, as modules, are many
 *   times faster than the reference, and give the same file
 * @throws CongruentError `model` when the layers do not fit together; `unsupported` when a weight is too large for f16 or
 *   a number cannot be written in JSON; `option`; for a sample, as a run does
 * @example writeFileSync("model.safetensors", writeModel(model.layers, { semantics: "pytorch" }));
 */
export function writeModel(
  layers: readonly Layer[],
  options: WriteOptions = {},
  kernel: Pick<Kernel, "createModel"> = reference,
): Bytes {
  checkKeys(options, ["semantics", "source", "sample", "dtype", "int8"], "writeModel");
  const { semantics = "keras", source = null, sample = null, dtype = "f32", int8 } = options;
  if (!["f32", "f16", "int8"].includes(dtype)) throw expected("option", "dtype", "f32, f16 or int8", show(dtype));
  if (int8 && dtype !== "int8") throw expected("option", "int8", "dtype int8 beside it", dtype);
  const { layers: named } = buildStack(layers);
  const described = (dtype === "int8" ? quantizeWith(kernel, named, int8) : named).map(describeLayer);
  const description = { version: formatVersion, layers: described, semantics, ...(source && { source }) };
  const untested = pack(description, storeAs(dtype));
  const written = readModelFile(untested, "the written file", int8Parts);
  if (!sample) return untested;
  const test = makeTest(layers, written.layers, sample, { semantics });
  const tested = pack({ ...description, test }, storeAs(dtype));
  readModelFile(tested, "the written file", int8Parts);
  return tested;
}

/** Runs a sample, through the given layers and through those that the file will give. */
function makeTest(given: readonly Layer[], written: readonly Layer[], sample: Sample, options: ModelOptions) {
  checkKeys(sample, ["input", "lengths", "mask", "outputs", "tolerance"], "sample");
  const run = (layers: readonly Layer[]) => {
    const { lengths, mask } = sample;
    return resultsOf(createModelWith(referenceEngine, layers, options), sample.input as Input, { lengths, mask });
  };
  const actual = run(written);
  const { outputs } = sample;
  const shape = actual.outputs.shape;
  const results = outputs ? { outputs: readTensor(outputs, "input", "sample.outputs", shape) } : run(given);
  const off = Object.entries(results).map(([name, { data }]) => distance(actual[name].data, data));
  const deviation = Math.max(...off);
  const { tolerance = deviation } = sample;
  if (!(deviation <= tolerance)) {
    throw expected("input", "sample.outputs", `within ${tolerance} of the model's`, `${deviation} at most`);
  }
  const input = readTensor(sample.input, "input", "sample.input", axesOf(sample.input));
  const mask = sample.mask && { mask: readTensor(sample.mask, "mask", "sample.mask", axesOf(sample.mask)) };
  return { input, results, tolerance, ...(sample.lengths && { lengths: [...sample.lengths] }), ...mask };
}

/** The names of a tensor's axes: any size will do, a run has checked them. */
function axesOf(value: TensorLike): string[] {
  if (!isList(value)) return value.shape.map(String);
  const axes: string[] = [];
  for (let part: unknown = value; isList(part); part = part[0]) axes.push(`axis ${axes.length}`);
  return axes;
}

/** A description with tensors in it → a file. The name of a tensor is its path in the description. */
function pack(description: object, store: Store): Bytes {
  const tensors = new Map<string, StoredTensor>();
  const strip = (value: unknown, path: string): unknown => {
    if (typeof value === "number" && !Number.isFinite(value)) {
      throw new CongruentError("unsupported", `${path}: expected a finite number, got ${value}: JSON has no other`);
    }
    if (typeof value !== "object" || value === null) return value;
    if (isTensor(value)) {
      tensors.set(path, store(value, path));
      return undefined;
    }
    if (isInt8(value)) {
      const { values, shape } = value;
      tensors.set(path, { dtype: "I8", shape, bytes: new Uint8Array(values.buffer, values.byteOffset, values.length) });
      return undefined;
    }
    const inner = Object.entries(value).map(([key, part]) => [key, strip(part, path ? `${path}.${key}` : key)]);
    return Array.isArray(value) ? inner.map(([, part]) => part) : Object.fromEntries(inner);
  };
  const text = JSON.stringify(strip(description, ""));
  return writeSafetensors({
    metadata: { [descriptionKey]: text, [checksumKey]: checksum(text, tensors) },
    tensors,
  });
}

function isTensor(value: object): value is Tensor {
  return (value as Partial<Tensor>).data instanceof Float32Array;
}

function isInt8(value: object): value is Int8Values {
  return (value as Partial<Int8Values>).values instanceof Int8Array;
}

/** The tensors of a test are f32 always: they are not weights. Of int8 those that f16 holds exactly are f16. */
function storeAs(dtype: Dtype): Store {
  return (tensor, name) => {
    if (dtype === "f32" || name.startsWith("test.")) return storeFloats(tensor);
    if (dtype === "f16") return storeHalf(tensor, name);
    return tensor.data.every((value) => halfToNumber(toHalf(value)) === value)
      ? storeHalf(tensor, name)
      : storeFloats(tensor);
  };
}

function storeFloats({ data, shape }: Tensor): StoredTensor {
  return { dtype: "F32", shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

function storeHalf({ data, shape }: Tensor, name: string): StoredTensor {
  const halves = Uint16Array.from(data, toHalf);
  const lost = halves.findIndex((half, i) => (half & 0x7fff) === 0x7c00 && Number.isFinite(data[i]));
  if (lost >= 0) throw expected("unsupported", `${name}, element ${lost}`, "at most 65504, for f16", `${data[lost]}`);
  return { dtype: "F16", shape, bytes: new Uint8Array(halves.buffer) };
}
