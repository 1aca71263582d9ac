import { existsSync, readFileSync } from "node:fs";
import { read as readJson } from "../../src/convert/json/read.ts";
import { read as readKeras } from "../../src/convert/keras-h5/read.ts";
import { read as readNpz } from "../../src/convert/npz/read.ts";
import { read as readTorch } from "../../src/convert/pytorch/read.ts";
import { read as readTf1 } from "../../src/convert/tf1/read.ts";
import { readModelFile } from "../../src/format/model-file.ts";
import type { CalibrationSample } from "../../src/int8/calibrate.ts";
import { quantize } from "../../src/int8/index.ts";
import { quantizedGru } from "../../src/int8/quantized-gru.ts";
import { withOperations } from "../../src/kernel/layers.ts";
import type { Layer, Precision } from "../../src/layers/layer.ts";
import type { Model } from "../../src/model/model.ts";
import { deviation, modelFolder } from "./files.ts";
import * as g2p from "./g2p.ts";
import * as gtcrn from "./gtcrn.ts";
import * as rnnoise from "./rnnoise.ts";

/** How far the answers of int8 are from those of f32: of the real models, each measured in the way that counts for it. */

type CreateModel = (layers: readonly Layer[]) => Model;

/** The f32 model, and the int8 ones, on engines of the caller's choice. */
export interface Engines {
  readonly f32: CreateModel;
  readonly int8: CreateModel;
}

const layersOf = ({ parts }: { parts: readonly { layers: readonly Layer[] | null }[] }): Layer[] =>
  parts.flatMap(({ layers }) => layers ?? []);

/** The place of the largest number of each row. */
export function choices(data: Float32Array, size: number): number[] {
  return Array.from({ length: data.length / size }, (_, row) => {
    const scores = data.subarray(row * size, (row + 1) * size);
    return scores.indexOf(Math.max(...scores));
  });
}

export function meanDeviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < expected.length; i++) sum += Math.abs(actual[i] - expected[i]);
  return sum / expected.length;
}

export const agreement = (a: readonly unknown[], b: readonly unknown[]): number =>
  a.filter((value, i) => String(value) === String(b[i])).length / b.length;

const words = "/usr/share/dict/american-english";
export const hasWords = existsSync(words);

/** Words of letters a to z: every 13th, to be tested with; and every 29th of all others, to be calibrated with. */
function wordLists(): [string[], string[]] {
  const all = readFileSync(words, "utf8")
    .split("\n")
    .filter((word) => /^[a-z]{2,}$/.test(word));
  const others = all.filter((_, i) => i % 13 > 0);
  const every = (list: readonly string[], step: number, count: number) =>
    list.filter((_, i) => i % step === 0).slice(0, count);
  return [every(all, 13, 4000), every(others, 29, 2000)];
}

/** What is measured at both precisions. */
export type Both<T> = Record<Precision, T>;

const atBoth = <T>(measure: (precision: Precision) => T): Both<T> => ({ 7: measure(7), 14: measure(14) });

/** The same whole numbers, which do not depend on the precision: calibrating once is enough. */
function withPrecision(layer: Layer, precision: Precision): Layer {
  if (layer.kind !== "gru" || !layer.int8) return layer;
  return quantizedGru(layer, layer.int8.kernel, layer.int8.recurrentKernel, precision, layer.name);
}

/** g2p: of each of four thousands of words, the share of those that are spelled as f32 spells them. */
export async function g2pAgreement(engines: Engines, calibrated: boolean): Promise<Both<number[]>> {
  const layers = layersOf(
    await readNpz({ name: "g2p.npz", bytes: g2p.folder.bytes("checkpoint20.npz") }, { mapping: g2p.mapping }),
  );
  const [tested, others] = wordLists();
  const models = (create: CreateModel, stacks: readonly Layer[][]) =>
    stacks.map((stack) => create(stack)) as [Model, Model];
  const stacks = [layers.slice(0, 2), layers.slice(2)];
  const f32 = models(engines.f32, stacks);
  const { graphemes, phonemes } = g2p.folder.json<{ graphemes: string[]; phonemes: string[] }>("symbols.json");
  const samples: CalibrationSample[][] = [[], []];
  for (const word of calibrated ? others : []) {
    const letters = [...word, "</s>"].map((letter) => graphemes.indexOf(letter));
    const input = ["<s>", ...g2p.spell(word, ...f32)].map((phoneme) => phonemes.indexOf(phoneme));
    samples[0].push({ input: [letters] });
    samples[1].push({ input: [input], initialState: f32[0].run([letters]).states });
  }
  const wanted = tested.map((word) => g2p.spell(word, ...f32));
  const quantised = stacks.map((stack, i) => quantize(stack, { calibration: samples[i] }));
  return atBoth((precision) => {
    const int8 = models(
      engines.int8,
      quantised.map((stack) => stack.map((layer) => withPrecision(layer, precision))),
    );
    const spelled = tested.map((word) => g2p.spell(word, ...int8));
    return [0, 1000, 2000, 3000].map((from) =>
      agreement(spelled.slice(from, from + 1000), wanted.slice(from, from + 1000)),
    );
  });
}

const language = new URL("../../examples/language-id/model/", import.meta.url);

/** The language model's held-out texts: how many are in the language that f32 says. */
export function languageAgreement(engines: Engines): { texts: number; same: Both<number> } {
  const { layers } = readModelFile(readFileSync(new URL("language-id.safetensors", language)));
  const texts = readFileSync(new URL("heldout.jsonl", language), "utf8").trim().split("\n");
  const ids = texts.map((line) => Array.from(new TextEncoder().encode(JSON.parse(line).text), (byte) => byte + 1));
  const answer = (model: Model) => choices(model.run(ids).outputs.data, model.outputShape.at(-1) as number);
  const wanted = answer(engines.f32(withOperations(layers)));
  const same = atBoth((precision) => {
    const given = answer(engines.int8(quantize(layers, { precision })));
    return given.filter((choice, i) => choice === wanted[i]).length;
  });
  return { texts: ids.length, same };
}

/** RNNoise: the mean deviation of the gains from those of the C program. */
export async function rnnoiseDeviation({ int8 }: Engines): Promise<Both<number>> {
  const { folder, mapping, runFrames } = rnnoise;
  const model = await readJson({ name: "rnnoise.json", bytes: folder.bytes("weights_int8.json") }, { mapping });
  const { inputs, expected } = folder.json<rnnoise.Case>("noisy600.case.json");
  return atBoth((precision) => {
    const one = (name: string) => {
      const part = model.parts.find((candidate) => candidate.name === name);
      return int8(quantize(part?.layers ?? [], { precision }));
    };
    const { gains } = runFrames(
      {
        dense: one("input_dense"),
        vad_gru: one("vad_gru"),
        vad: one("vad_output"),
        noise_gru: one("noise_gru"),
        denoise_gru: one("denoise_gru"),
        gains: one("denoise_output"),
      },
      folder.floats(inputs.x.file),
    );
    return meanDeviation(gains, folder.floats(expected.gains_c.file));
  });
}

const mnist = modelFolder("tf1-mnist");

/** The share of the 100 digits that are read as TensorFlow reads them. */
export async function mnistAgreement({ int8 }: Engines): Promise<Both<number>> {
  const model = await readTf1({ name: "frozen_model.pb", bytes: mnist.bytes("frozen_model.pb") });
  const digits = { data: Float32Array.from(mnist.column("input.placeholder.csv")), shape: [100, 28, 28] };
  const wanted = Float32Array.from(mnist.column("output.prediction.csv"));
  return atBoth((precision) => {
    const { outputs } = int8(quantize(layersOf(model), { precision })).run(digits, { semantics: model.semantics });
    return agreement(choices(outputs.data, 10), choices(wanted, 10));
  });
}

export interface GtcrnDeviation {
  readonly name: string;
  /** The case that it was run with: its own, or that of a GRU of the same kind. */
  readonly inputs: string;
  /** The largest deviation from our own f32. */
  readonly fromF32: number;
  /** Those from ONNX Runtime, of f32 and of int8; null where nothing was recorded of this GRU. */
  readonly fromOnnx: readonly [f32: number, int8: number] | null;
}

/** GTCRN's 14 GRUs, each over 64 frames. */
export async function gtcrnDeviations({ f32, int8 }: Engines): Promise<Both<GtcrnDeviation[]>> {
  const { folder, checkpoint, cases, caseFor, deviationOf, runCase } = gtcrn;
  const { parts } = await readTorch({ name: checkpoint, bytes: folder.bytes(checkpoint) });
  const nodes = folder.json<gtcrn.OnnxGru[]>("grus.json");
  return atBoth((precision) =>
    nodes.map((node) => {
      const { name, torch_prefix } = node;
      const [layer] = parts.find((part) => part.name === torch_prefix)?.layers ?? [];
      const inputs = caseFor(node);
      const quantised = (layers: readonly Layer[]) => int8(quantize(layers, { precision }));
      return {
        name,
        inputs,
        fromF32: deviation(runCase(inputs, layer, quantised), runCase(inputs, layer, f32)),
        fromOnnx: cases.includes(name) ? [deviationOf(name, layer, f32), deviationOf(name, layer, quantised)] : null,
      };
    }),
  );
}

const circuit = modelFolder("keras23-circuit");

/** CircuitRNN: the largest deviations from Keras of f32 and of int8. */
export async function circuitDeviations({ f32, int8 }: Engines): Promise<{ f32: number; int8: Both<number> }> {
  const layers = layersOf(await readKeras({ name: "gru_model.h5", bytes: circuit.bytes("gru_model.h5") }));
  const input = { data: circuit.floats("rc64.x.f32"), shape: [64, 8, 2] };
  const wanted = circuit.floats("rc64.y.f32");
  const worst = (model: Model) =>
    model.run(input).outputs.data.reduce((most, value, i) => Math.max(most, Math.abs(value - wanted[i])), 0);
  return { f32: worst(f32(layers)), int8: atBoth((precision) => worst(int8(quantize(layers, { precision })))) };
}
