import { activationNames } from "../../src/activation.ts";
import { bidirectional, dense, dropout, embedding, gru, masking } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";

/** A small seeded generator (xorshift32), so that a case is one number that fast-check can print and shrink. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = (seed ^ 0x9e3779b9) | 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** 0 ≤ x < 1 */
  next(): number {
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x;
    return (x >>> 0) / 4294967296;
  }

  /** A whole number from low to high, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.whole(0, values.length - 1)];
  }

  floats(count: number, scale = 1): Float32Array {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = (2 * this.next() - 1) * scale;
    return values;
  }
}

/** Sizes around every tile: the vector (4), the tile of one row (12 vectors, 48 columns), and primes. */
const sizes = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 19, 23, 24, 25, 31, 32, 33, 47, 48, 49];

/** Activations whose values stay small enough to run for some steps. */
const bounded = ["sigmoid", "tanh", "hard_sigmoid", "hard_sigmoid_0.2", "softsign", "relu6"] as const;

function activation(random: Random): unknown {
  if (random.chance(0.5)) return random.pick(bounded);
  const name = random.pick(activationNames);
  if (name === "scaled_tanh" || name === "affine") {
    return { name, alpha: random.next() + 0.5, beta: random.next() };
  }
  if ((name === "leaky_relu" || name === "elu" || name === "thresholded_relu") && random.chance(0.5)) {
    return { name, alpha: random.next() };
  }
  return name;
}

/** Options of a GRU over so many features. */
export function gruOptions(random: Random, inputs: number, units: number, returnSequences: boolean) {
  const resetAfter = random.chance(0.5);
  const scale = 1 / Math.sqrt(units);
  return {
    units,
    kernel: { data: random.floats(inputs * 3 * units, 1 / Math.sqrt(inputs)), shape: [inputs, 3 * units] },
    recurrentKernel: { data: random.floats(units * 3 * units, scale), shape: [units, 3 * units] },
    ...(random.chance(0.7) && { bias: random.floats(3 * units, 0.5) }),
    ...(random.chance(0.5) && { recurrentBias: random.floats(3 * units, 0.5) }),
    activation: activation(random) as "tanh",
    recurrentActivation: (random.chance(0.7) ? random.pick(bounded) : activation(random)) as "sigmoid",
    resetAfter,
    ...(random.chance(0.15) && { clip: 0.1 + random.next() }),
    returnSequences,
    zeroOutputForMask: random.chance(0.15),
  };
}

/** What a random stack may contain. */
export interface StackLimits {
  /** Layers that look into the future, or turn time round. */
  readonly causal?: boolean;
  /** Every layer returns its sequence. */
  readonly sequences?: boolean;
  /** No Embedding or Masking: every mask is an explicit one. */
  readonly noMasks?: boolean;
  readonly largest?: number;
}

/** A random stack. */
export interface RandomStack {
  readonly layers: readonly Layer[];
  /** V, or 0 when inputs are features */
  readonly vocabulary: number;
  /** I */
  readonly inputs: number;
  /** H of each state */
  readonly slots: readonly number[];
}

export function randomStack(random: Random, limits: StackLimits = {}): RandomStack {
  const small = sizes.filter((size) => size <= (limits.largest ?? 49));
  const layers: Layer[] = [];
  const slots: number[] = [];
  const inputs = random.pick(small);
  let features = inputs;
  let vocabulary = 0;
  if (random.chance(0.3)) {
    vocabulary = random.whole(2, 12);
    layers.push(
      embedding({
        weights: { data: random.floats(vocabulary * features), shape: [vocabulary, features] },
        maskZero: !limits.noMasks && random.chance(0.5),
      }),
    );
  }
  if (!limits.noMasks && random.chance(0.25)) layers.push(masking({ maskValue: random.pick([0, 0.5]) }));
  const recurrent = random.whole(1, 3);
  for (let i = 0; i < recurrent; i++) {
    const last = i === recurrent - 1;
    const returnSequences = !last || limits.sequences === true || random.chance(0.6);
    const units = random.pick(small);
    const backwards = !limits.causal && random.chance(0.25);
    if (!limits.causal && random.chance(0.3)) {
      const mergeMode = random.pick(
        last ? (["concat", "sum", "mul", "ave", "none"] as const) : (["concat", "sum"] as const),
      );
      layers.push(
        bidirectional({
          forward: gruOptions(random, features, units, returnSequences),
          backward: gruOptions(random, features, units, returnSequences),
          mergeMode,
        }),
      );
      slots.push(units, units);
      features = mergeMode === "concat" ? 2 * units : units;
      if (mergeMode === "none") return { layers, vocabulary, inputs, slots };
    } else {
      layers.push(gru({ ...gruOptions(random, features, units, returnSequences), goBackwards: backwards }));
      slots.push(units);
      features = units;
    }
    if (random.chance(0.15)) layers.push(dropout({ rate: 0.5 }));
    if (random.chance(last ? 0.3 : 0.1)) {
      const outputs = random.pick(small);
      layers.push(
        dense({
          units: outputs,
          kernel: { data: random.floats(features * outputs), shape: [features, outputs] },
          ...(random.chance(0.5) && { bias: random.floats(outputs) }),
          activation: random.chance(0.3) ? "softmax" : (activation(random) as "tanh"),
        }),
      );
      features = outputs;
    }
  }
  return { layers, vocabulary, inputs, slots };
}

/** (B, T) with 0 or 1: any mask, with holes, leading pads and empty rows; or the prefix of a length. */
export function randomMask(
  random: Random,
  rows: number,
  steps: number,
): { mask: Uint8Array; lengths: number[] | null } {
  const mask = new Uint8Array(rows * steps);
  if (random.chance(0.5)) {
    const lengths = Array.from({ length: rows }, () => random.whole(0, steps));
    lengths.forEach((length, row) => {
      mask.fill(1, row * steps, row * steps + length);
    });
    return { mask, lengths };
  }
  const density = random.next();
  for (let i = 0; i < mask.length; i++) mask[i] = random.chance(density) ? 1 : 0;
  return { mask, lengths: null };
}

/** A padded batch for a stack: ids, or features some of whose steps are all of one value, for Masking to find. */
export function randomInput(random: Random, stack: RandomStack, rows: number, steps: number) {
  if (stack.vocabulary > 0) {
    const data = new Int32Array(rows * steps);
    for (let i = 0; i < data.length; i++) data[i] = random.whole(0, stack.vocabulary - 1);
    return { data, shape: [rows, steps] };
  }
  const data = random.floats(rows * steps * stack.inputs);
  for (let cell = 0; cell < rows * steps; cell++) {
    if (random.chance(0.1)) data.fill(random.pick([0, 0.5]), cell * stack.inputs, (cell + 1) * stack.inputs);
  }
  return { data, shape: [rows, steps, stack.inputs] };
}

/** The bits of f32 values, all NaNs the same. */
export function bits(values: Float32Array): Uint32Array {
  const result = new Uint32Array(values.buffer.slice(values.byteOffset, values.byteOffset + values.byteLength));
  for (let i = 0; i < values.length; i++) if (Number.isNaN(values[i])) result[i] = 0x7fc00000;
  return result;
}
