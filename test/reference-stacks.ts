import { resolveActivation } from "../src/activation.ts";
import type { BidirectionalLayer, GruLayer, Layer } from "../src/layers/layer.ts";
import type { Batch } from "../src/model/engine.ts";
import { referenceEngine } from "../src/reference/engine.ts";
import { presets } from "../src/sequence/semantics.ts";

export const linear = resolveActivation("linear", "test");
const sigmoid = resolveActivation("sigmoid", "test");
const tanh = resolveActivation("tanh", "test");

/** A small generator with a seed (mulberry32): numbers in [-1, 1). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

export function filled(count: number, next: () => number): Float32Array {
  return new Float32Array(count).map(next);
}

export function gru(inputs: number, units: number, options: Partial<GruLayer> = {}, seed = 1): GruLayer {
  const next = random(seed);
  return {
    kind: "gru",
    name: "gru",
    inputs,
    units,
    weights: {
      kernel: filled(inputs * 3 * units, next),
      recurrentKernel: filled(units * 3 * units, next),
      bias: filled(3 * units, next),
      recurrentBias: filled(3 * units, next),
    },
    activation: tanh,
    recurrentActivation: sigmoid,
    resetAfter: true,
    clip: Number.POSITIVE_INFINITY,
    returnSequences: true,
    returnState: true,
    goBackwards: false,
    stateful: false,
    zeroOutputForMask: false,
    ...options,
  };
}

export function bidirectional(forward: GruLayer, mergeMode: BidirectionalLayer["mergeMode"]): BidirectionalLayer {
  const backward = gru(forward.inputs, forward.units, { ...forward, ...gruWeights(forward, 9), goBackwards: true });
  return { kind: "bidirectional", name: "bidirectional", forward, backward, mergeMode };
}

function gruWeights({ inputs, units }: GruLayer, seed: number): Pick<GruLayer, "weights"> {
  return { weights: gru(inputs, units, {}, seed).weights };
}

/** Sizes of what a stack gives, from what a layer says of itself. */
function shapeOf(layers: readonly Layer[], features: number): { width: number; sequence: boolean; units: number[] } {
  let width = features;
  let sequence = true;
  const units: number[] = [];
  for (const layer of layers) {
    if (layer.kind === "embedding") width = layer.features;
    if (layer.kind === "dense") width = layer.units;
    if (layer.kind === "gru" || layer.kind === "bidirectional") {
      const one = layer.kind === "gru" ? layer : layer.forward;
      const doubled = layer.kind === "bidirectional" && (layer.mergeMode === "concat" || layer.mergeMode === "none");
      width = one.units * (doubled ? 2 : 1);
      sequence = one.returnSequences;
      units.push(...(layer.kind === "gru" ? [one.units] : [one.units, one.units]));
    }
  }
  return { width, sequence, units };
}

export interface Run {
  readonly outputs: number[];
  readonly states: number[][];
  readonly mask: number[] | null;
}

type Given = Pick<Batch, "rows" | "steps" | "data"> & Partial<Batch>;

export function run(layers: readonly Layer[], given: Given): Run {
  const { rows, steps, data } = given;
  const { width, sequence, units } = shapeOf(layers, data.length / (rows * steps));
  const batch: Batch = {
    validity: null,
    useMasks: true,
    semantics: presets.keras,
    initialStates: units.map(() => null),
    ...given,
  };
  const results = {
    outputs: new Float32Array(rows * (sequence ? steps : 1) * width).fill(Number.NaN),
    states: units.map((count) => new Float32Array(rows * count).fill(Number.NaN)),
    mask: null as Uint8Array | null,
  };
  referenceEngine({ layers }).run(batch, results);
  return {
    outputs: [...results.outputs],
    states: results.states.map((state) => [...state]),
    mask: results.mask && [...results.mask],
  };
}

/** (B, T) from a drawing of each row: # is valid, - is not. */
export function drawn(...rows: string[]): Uint8Array {
  return Uint8Array.from(rows.join(""), (mark) => Number(mark === "#"));
}

export const f32 = (values: readonly number[]): number[] => values.map(Math.fround);
