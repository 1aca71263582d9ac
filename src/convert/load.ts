import { expected } from "../errors.ts";
import type { TensorLike } from "../tensor.ts";
import { detect, type Format } from "./detect.ts";
import type { ForeignFile, ForeignModel } from "./foreign.ts";
import type { Mapping } from "./mapping/mapping.ts";
import type { Head } from "./state-dict/head.ts";

/** What a file does not say of itself. Each concerns some formats, and is refused for others. */
export interface LoadOptions {
  /** Which format it is, where the bytes and the name do not tell. */
  readonly format?: Format | undefined;
  /** A Keras model's configuration (`model.to_json()`), for a file of weights only. */
  readonly config?: string | undefined;
  /** Which array is which weight, for arrays by name (docs/mapping.md): npz, JSON, safetensors, PyTorch. */
  readonly mapping?: Mapping | undefined;
  /** What stands around a GRU in a state dict, which does not say it: `{ kind: "linear", prefix: "fc" }`. */
  readonly head?: readonly Head[] | undefined;
  /** Numbers for weights that an ONNX graph takes as inputs, by the inputs' names. */
  readonly inputs?: Readonly<Record<string, TensorLike>> | undefined;
  /** Whether a GRU of a state dict gives every step's output, as `torch.nn.GRU` does. Default true. */
  readonly returnSequences?: boolean | undefined;
  /** The operator of a TensorFlow graph whose output is the model's, where it has several ends. */
  readonly output?: string | undefined;
}

type Loader = (file: ForeignFile, options: never) => Promise<ForeignModel>;

interface Entry {
  /** Each loader is a chunk of its own, which arrives when its format is met. */
  readonly load: () => Promise<{ read: Loader }>;
  readonly takes: readonly (keyof LoadOptions)[];
}

const tensors = ["mapping", "head", "returnSequences"] as const;

const loaders: Readonly<Record<Format, Entry>> = {
  congruent: { load: () => import("./congruent/read.ts"), takes: [] },
  "keras-h5": { load: () => import("./keras-h5/read.ts"), takes: ["config"] },
  "keras-v3": { load: () => import("./keras-v3/read.ts"), takes: [] },
  "tfjs-layers": { load: () => import("./tfjs/read.ts"), takes: [] },
  pytorch: { load: () => import("./pytorch/read.ts"), takes: tensors },
  safetensors: { load: () => import("./safetensors/read.ts"), takes: tensors },
  onnx: { load: () => import("./onnx/read.ts"), takes: ["inputs"] },
  tf1: { load: () => import("./tf1/read.ts"), takes: ["output"] },
  npz: { load: () => import("./npz/read.ts"), takes: tensors },
  json: { load: () => import("./json/read.ts"), takes: tensors },
};

const every: Readonly<Record<keyof LoadOptions, true>> = {
  format: true,
  config: true,
  mapping: true,
  head: true,
  returnSequences: true,
  inputs: true,
  output: true,
};

/** What says how a file is read. */
export const loadOptions = Object.keys(every) as readonly (keyof LoadOptions)[];

/**
 * What a file of another framework holds, part by part, those that cannot be converted too.
 *
 * @throws CongruentError `file`: it is damaged; `unsupported`: a format that nothing here reads, or that of another use;
 *   `option`: one that has no meaning for this format
 */
export async function readForeign(file: ForeignFile, options: LoadOptions = {}): Promise<ForeignModel> {
  const format = options.format ?? (await detect(file));
  if (!Object.hasOwn(loaders, format)) {
    throw expected("option", "format", `one of ${Object.keys(loaders).join(", ")}`, JSON.stringify(format));
  }
  const { load, takes } = loaders[format];
  const given: Partial<Record<keyof LoadOptions, unknown>> = {};
  for (const key of loadOptions) {
    if (key === "format" || options[key] === undefined) continue;
    if (!takes.includes(key)) {
      throw expected("option", `${file.name}: ${key}`, `none for a file of ${format}`, "one");
    }
    given[key] = options[key];
  }
  const { read } = await load();
  return read(file, given as never);
}
