import { embedding } from "../src/layers/embedding.ts";
import { type GruOptions, gru } from "../src/layers/gru.ts";
import type { GruLayer, Layer } from "../src/layers/layer.ts";
import { masking } from "../src/layers/masking.ts";
import { filled, random } from "./reference-stacks.ts";

/** Options of a GRU with seeded weights, I inputs and H units. */
export function gruOptions(inputs: number, units: number, seed = 1): GruOptions {
  const next = random(seed);
  return {
    units,
    kernel: filled(inputs * 3 * units, next),
    recurrentKernel: filled(units * 3 * units, next),
    bias: filled(6 * units, next),
  };
}

/** A GRU with seeded weights that returns sequences. */
export function seededGru(inputs: number, units: number, options: Partial<GruOptions> = {}, seed = 1): GruLayer {
  return gru({ ...gruOptions(inputs, units, seed), returnSequences: true, ...options });
}

/** The question's model: an embedding of three rows, a mask over the first, a linear GRU that only counts. */
export function seedStack(): Layer[] {
  return [
    embedding({
      weights: [
        [0.37, 0.37],
        [1, 1],
        [2, 2],
      ],
    }),
    masking({ maskValue: 0.37 }),
    gru({
      units: 1,
      activation: "linear",
      recurrentActivation: "linear",
      resetAfter: false,
      returnSequences: true,
      kernel: [
        [1, 1, 1],
        [1, 1, 1],
      ],
      recurrentKernel: [[0, 0, 0]],
      bias: [1, 1, 1],
    }),
  ];
}

/** (B, T, I) seeded features, flat with their shape. */
export function features(rows: number, steps: number, inputs: number, seed = 5) {
  return { data: filled(rows * steps * inputs, random(seed)), shape: [rows, steps, inputs] };
}

/** Flat data → arrays in arrays. */
export function nest(data: ArrayLike<number>, shape: readonly number[]): never[] {
  if (shape.length === 1) return Array.from(data) as never[];
  const size = data.length / shape[0];
  return Array.from({ length: shape[0] }, (_, i) =>
    nest(Array.from(data).slice(i * size, (i + 1) * size), shape.slice(1)),
  ) as never[];
}
