import { expected, show } from "../errors.ts";
import { activation } from "../layers/activation.ts";
import { batchNormalization } from "../layers/batch-normalization.ts";
import { bidirectional } from "../layers/bidirectional.ts";
import { dense } from "../layers/dense.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import type { Layer } from "../layers/layer.ts";
import { layerNormalization } from "../layers/layer-normalization.ts";
import { masking } from "../layers/masking.ts";
import { globalAveragePooling1D, globalMaxPooling1D } from "../layers/pooling.ts";
import { repeatVector } from "../layers/repeat-vector.ts";
import { type Preset, presets } from "../sequence/semantics.ts";
import type { Tensor } from "../tensor.ts";
import { checksum } from "./checksum.ts";
import { parseJson } from "./json.ts";
import { readSafetensors, type StoredTensor } from "./safetensors.ts";
import { widen } from "./widen.ts";

/** What a model file holds. */
export interface ModelFile {
  readonly layers: readonly Layer[];
  readonly semantics: Preset;
  readonly source: ModelSource | null;
  readonly test: TestVector | null;
}

/** Where a model comes from. */
export interface ModelSource {
  /** Of the file that was converted: `keras-h5`, `onnx`, … */
  readonly format: string;
  readonly framework: string;
  /** Of the framework; null where the file does not say. */
  readonly version: string | null;
  /** The file's name, without its folder. */
  readonly name: string;
  /** Of the file's bytes, in hexadecimal digits. */
  readonly sha256: string;
}

/** A run whose results are known. */
export interface TestVector {
  readonly input: Tensor;
  /** What is known of: `outputs`, `backwardOutputs`, `state0`, `state1`, … in the order of a run's states. */
  readonly results: Readonly<Record<string, Tensor>>;
  /** How far a result may be off: 0 where the bits are known. */
  readonly tolerance: number;
  readonly lengths?: readonly number[];
  /** (B, T) */
  readonly mask?: Tensor;
}

/** The layers that a file can name, by the functions that make them of its options. */
const makers: Readonly<Record<string, (options: never) => Layer>> = {
  activation,
  batchNormalization,
  bidirectional,
  dense,
  dropout,
  embedding,
  globalAveragePooling1D,
  globalMaxPooling1D,
  gru,
  layerNormalization,
  masking,
  repeatVector,
};

/** How the parts of a model file are read. An entry with int8 brings its own, so that the others need not hold it. */
export interface ModelFileParts {
  /** A tensor → a member of the description. */
  readonly read: (tensor: StoredTensor, where: string) => unknown;
  /** A member of `layers`, its tensors in it → a layer. */
  readonly make: (given: unknown, where: string) => Layer;
}

const plainParts: ModelFileParts = { read: widen, make: makeLayer };

/** The keys of `__metadata__` that are ours. */
export const descriptionKey = "congruent";
export const checksumKey = "congruent.checksum";

/** Of the description. It changes when an older reader would misunderstand a file. */
export const formatVersion = 1;

/**
 * Reads and checks a model file.
 *
 * The description is JSON; the name of each tensor is the path in it where the tensor belongs: `layers.0.kernel`.
 *
 * @param parts how tensors and layers are read; with int8 or without
 * @throws CongruentError `file`: damaged, or not a model file; `unsupported`: of a later version, or with a layer or dtype
 *   that this one does not have; `option` or `weights`: layers that cannot be made
 */
export function readModelFile(bytes: Uint8Array, where = "file", parts: ModelFileParts = plainParts): ModelFile {
  const { metadata, tensors } = readSafetensors(bytes, where);
  const text = metadata[descriptionKey];
  if (text === undefined) {
    const hint = "a safetensors file of something else (congruent/convert reads those of PyTorch)";
    throw expected("file", where, `a description, __metadata__.${descriptionKey}`, hint);
  }
  const wanted = checksum(text, tensors);
  if (metadata[checksumKey] !== wanted) {
    throw expected("file", `${where}: ${checksumKey}`, wanted, show(metadata[checksumKey]));
  }
  const description = parseJson(text, `${where}: description`) as Record<string, unknown> | null;
  if (description?.version !== formatVersion) {
    throw expected("unsupported", `${where}: version`, `${formatVersion}`, show(description?.version));
  }
  for (const [name, tensor] of tensors) {
    const place = `${where}: tensor ${name}`;
    const path = name.split(".");
    const key = path.pop() as string;
    let parent: unknown = description;
    for (const step of path) parent = isOwn(parent, step) ? (parent as Record<string, unknown>)[step] : undefined;
    if (typeof parent !== "object" || parent === null || Array.isArray(parent) || key in parent) {
      throw expected("file", place, "the path of something in the description", "none");
    }
    (parent as Record<string, unknown>)[key] = parts.read(tensor, place);
  }
  const { layers, semantics, source = null, test = null } = description;
  if (!Array.isArray(layers)) throw expected("file", `${where}: layers`, "an array", show(layers));
  if (!isOwn(presets, semantics)) {
    throw expected("file", `${where}: semantics`, `one of ${Object.keys(presets).join(", ")}`, show(semantics));
  }
  checkMembers(description, ["version", "layers", "semantics"], ["source", "test"], `${where}: description`);
  if (source !== null)
    checkMembers(source, ["format", "framework", "version", "name", "sha256"], [], `${where}: source`);
  if (test !== null) {
    checkMembers(test, ["input", "results", "tolerance"], ["lengths", "mask"], `${where}: test`);
    checkTest(test as TestVector, `${where}: test`);
  }
  return {
    layers: layers.map((layer, i) => parts.make(layer, `${where}: layers[${i}]`)),
    semantics: semantics as Preset,
    source: source as ModelSource | null,
    test: test as TestVector | null,
  };
}

/**
 * @param given `type`, and the options of its function
 * @throws CongruentError `unsupported`: no type that there is; or as the layer's function does
 */
export function makeLayer(given: unknown, where: string): Layer {
  const { type, ...options } = (given ?? {}) as Record<string, unknown>;
  if (!isOwn(makers, type)) {
    throw expected("unsupported", where, `type ${Object.keys(makers).join(", ")}`, show(type));
  }
  return makers[type](options as never);
}

function isOwn(value: unknown, key: unknown): key is string {
  return typeof value === "object" && value !== null && typeof key === "string" && Object.hasOwn(value, key);
}

/** Refuses what is not of the type that a test vector has; its shapes are the run's to judge. */
function checkTest({ tolerance, input, results, mask = input, lengths = [] }: TestVector, where: string): void {
  for (const tensor of [input, mask, ...Object.values(results ?? [null])]) {
    if (!(tensor?.data instanceof Float32Array)) throw expected("file", where, "tensors of the file", show(tensor));
  }
  if (!(Number.isFinite(tolerance) && tolerance >= 0))
    throw expected("file", `${where}.tolerance`, "a number from 0 up", show(tolerance));
  if (!Array.isArray(lengths)) throw expected("file", `${where}.lengths`, "an array", show(lengths));
}

/** Refuses an object that lacks a member, or has one that nobody would read. */
export function checkMembers(
  value: unknown,
  needed: readonly string[],
  others: readonly string[],
  where: string,
): void {
  const keys = Object.keys(value ?? {});
  if (!needed.every((key) => keys.includes(key)) || !keys.every((key) => [...needed, ...others].includes(key))) {
    throw expected("file", where, [...needed, ...others.map((key) => `${key}?`)].join(", "), keys.join(", "));
  }
}
