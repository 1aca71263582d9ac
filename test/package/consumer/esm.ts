// An app in TypeScript that imports every entry: checked by every supported version, then run.
import * as congruent from "congruent";
import { fromOnnx, fromPyTorch } from "congruent/convert";
import * as core from "congruent/core";
import type kernelModule from "congruent/gru.wasm";
import * as int8 from "congruent/int8";
import type relaxedModule from "congruent/int8.wasm";
import type plainModule from "congruent/int8-plain.wasm";
import { loadModel } from "congruent/load";
import * as reference from "congruent/reference";

/** What every entry with models has. */
type Library = Pick<typeof congruent, "createModel" | "gru" | "bidirectional" | "dense" | "presets" | "onWarning">;

const options: congruent.GruOptions = {
  units: 1,
  kernel: [[1, 1, 1]],
  recurrentKernel: new Float32Array(3),
  bias: { data: [1, 1, 1], shape: [3] },
  activation: { name: "leaky_relu", alpha: 0.5 },
  recurrentActivation: "linear",
  resetAfter: false,
  returnSequences: true,
};

function answer(library: Library): number {
  const model: congruent.Model = library.createModel([library.gru(options)]);
  const { outputs, states, mask }: congruent.RunResult = model.run([[[1], [2]], [[1]]], { semantics: "tf1" });
  const data: Float32Array = outputs.data;
  const shape: readonly number[] = states[0].shape;
  const bits: Uint8Array = mask ? mask.data : new Uint8Array(0);
  const stream: congruent.Stream = model.stream({ rows: 2 });
  const out: Float32Array = stream.step(new Float32Array(2));
  const snapshot: Uint8Array = stream.snapshot();
  if (shape.length !== 2 || bits.length !== 4 || out.length !== 2 || snapshot.length === 0) throw new Error("wrong");
  return data[1];
}

// The models and layers of one entry are the types of another.
const libraries: Library[] = [congruent, reference, int8];
const answers = libraries.map(answer);

// Converters give options that layers take, whichever entry they come from.
const W = { data: new Float32Array(3), shape: [1, 3, 1] };
const weights = [[0], [0], [0]];
const layers: congruent.GruLayer[] = [
  congruent.gru(fromOnnx({ W, R: W, linear_before_reset: 1 })),
  core.gru({ ...fromPyTorch({ weight_ih: weights, weight_hh: weights }), name: "converted" }),
];

// Quantised layers are layers, for models of every entry that has the kernel for them.
const precision: int8.Precision = 7;
const quantised: int8.Layer[] = int8.quantize(layers, { precision });
for (const library of [int8, reference]) library.createModel(quantised.slice(0, 1)).run([[[1]]]);

// @ts-expect-error no such precision
const wrong: int8.QuantizeOptions = { precision: 8 };

try {
  // @ts-expect-error a misspelt option
  congruent.gru({ ...options, reset_after: true });
  throw new Error("not refused");
} catch (error) {
  if (!(error instanceof congruent.CongruentError)) throw error;
  const code: congruent.CongruentErrorCode = error.code;
  if (code !== "option") throw error;
}

// @ts-expect-error no such preset
const preset: congruent.Preset = "theano";

congruent.onWarning((warning: congruent.CongruentError): never => {
  throw warning;
});

/** congruent/core with what carries bytes, and with the module that a Worker imports. */
export async function load(
  source: Promise<ArrayBuffer> | Uint8Array | typeof kernelModule | typeof relaxedModule | typeof plainModule,
): Promise<number> {
  const { createModel }: core.Kernel = await core.loadKernel(source, { fallback: reference });
  return answer({ ...core, createModel });
}

/** A model out of a file, on a kernel and on a whole entry. */
export async function read(file: Uint8Array, kernel: core.Kernel): Promise<number> {
  const models: congruent.LoadedModel[] = [await loadModel(file, kernel), await loadModel(file, congruent)];
  return models[0].verify().deviation;
}

if (preset.length + layers.length !== 8 || wrong.precision === precision || answers[0] !== answers[1])
  throw new Error(answers.join());
