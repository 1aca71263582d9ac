import { describe, expect, it } from "vitest";
import type { GruLayer } from "../src/layers/layer.ts";
import type { RunOptions } from "../src/model/input.ts";
import { presets, type Semantics } from "../src/sequence/semantics.ts";
import { engineTable } from "./conformance/engines.ts";
import { check, type Mutation } from "./conformance/run.ts";
import { executedSuites } from "./conformance/suites.ts";
import { executedVectors } from "./conformance/vectors.ts";

/**
 * A test that the tests can fail: the library is broken on purpose, a way at a time, and every suite of executed vectors
 * must notice. The numbers are how many of its cases do; they stand in the order of the suites.
 */

const suites = executedSuites.map((suite) => ({ ...suite, vectors: executedVectors(suite.file) }));

/** Each gate's columns from where another's are. */
function reorder({ units, weights, ...layer }: GruLayer, order: readonly [number, number, number]): GruLayer {
  const width = 3 * units;
  const moved = <M extends Float32Array | null>(matrix: M): M =>
    (matrix?.map((_, i) => {
      const column = i % width;
      return matrix[i - column + order[Math.floor(column / units)] * units + (column % units)];
    }) ?? null) as M;
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  return {
    ...layer,
    units,
    weights: {
      kernel: moved(kernel),
      recurrentKernel: moved(recurrentKernel),
      bias: moved(bias),
      recurrentBias: moved(recurrentBias),
    },
  };
}

/** Each gate's H × H block on its diagonal. */
function transpose({ units, weights, ...layer }: GruLayer): GruLayer {
  const width = 3 * units;
  const recurrentKernel = weights.recurrentKernel.map((_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    const [gate, unit] = [Math.floor(column / units), column % units];
    return weights.recurrentKernel[unit * width + gate * units + row];
  });
  return { ...layer, units, weights: { ...weights, recurrentKernel } };
}

function semanticsOf({ semantics }: RunOptions): Semantics {
  if (typeof semantics === "string") return presets[semantics];
  return { ...presets[semantics?.preset ?? "keras"], ...semantics };
}

const mutations: Record<string, Mutation & { readonly failures: readonly number[] }> = {
  "z and r swapped": { failures: [36, 35, 36, 36, 35, 8, 6, 10], layer: (layer) => reorder(layer, [1, 0, 2]) },
  "reset before for after, after for before": {
    failures: [36, 35, 36, 36, 34, 8, 6, 10],
    layer: (layer) => ({ ...layer, resetAfter: !layer.resetAfter }),
  },
  "initial state dropped": {
    failures: [32, 33, 35, 33, 34, 7, 6, 8],
    options: (options) => ({ ...options, initialState: null }),
  },
  "recurrent weights transposed": { failures: [36, 35, 36, 36, 35, 8, 6, 10], layer: transpose },
  "recurrent bias dropped": {
    failures: [27, 25, 28, 25, 34, 7, 0, 0],
    layer: (layer) => ({ ...layer, weights: { ...layer.weights, recurrentBias: null } }),
  },
  "clip dropped": {
    failures: [0, 0, 0, 0, 3, 0, 0, 0],
    layer: (layer) => ({ ...layer, clip: Number.POSITIVE_INFINITY }),
  },
  "mask and lengths dropped": {
    failures: [21, 21, 15, 14, 11, 4, 5, 5],
    options: (options) => ({ ...options, mask: null, lengths: null }),
  },
  "padding 0 for carried, carried for 0": {
    failures: [11, 11, 10, 8, 9, 2, 5, 5],
    layer: (layer) => ({ ...layer, zeroOutputForMask: false }),
    options: (options) => {
      const semantics = semanticsOf(options);
      const isCarried = typeof semantics.paddedOutput === "string" && semantics.paddedOutput !== "zero";
      const isForced = semantics.bidirectionalPadding === "zero";
      return {
        ...options,
        semantics: {
          ...semantics,
          paddedOutput: isCarried ? "zero" : "carry-output",
          bidirectionalPadding: isForced ? "same" : "zero",
        },
      };
    },
  },
  "leading padding 0 for the initial state, the initial state for 0": {
    failures: [9, 9, 10, 7, 0, 0, 0, 4],
    options: (options) => {
      const semantics = semanticsOf(options);
      const { paddedOutput } = semantics;
      if (typeof paddedOutput !== "string" || paddedOutput === "zero") return options;
      const other = paddedOutput === "carry-state" ? "carry-output" : "carry-state";
      return { ...options, semantics: { ...semantics, paddedOutput: other } };
    },
  },
  "outputs of goBackwards in the other order": {
    failures: [6, 3, 5, 4, 3, 0, 0, 1],
    options: (options) => {
      const semantics = semanticsOf(options);
      const backwardsOrder = semantics.backwardsOrder === "input" ? "processing" : "input";
      return { ...options, semantics: { ...semantics, backwardsOrder } };
    },
  },
};

describe.each(engineTable)("%s, broken", (_, engine) => {
  it.each(Object.entries(mutations))("%s", (_, { failures, ...mutation }) => {
    const noticed = suites.map(
      ({ peer, vectors }) => vectors.filter((vector) => check(engine, peer, vector, mutation).length > 0).length,
    );
    expect(noticed).toEqual(failures);
  });
});
