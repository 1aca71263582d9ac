import { describe, expect, it } from "vitest";
import { calibrate } from "../../src/int8/calibrate.ts";
import { quantize } from "../../src/int8/index.ts";
import { inverseFactor } from "../../src/int8/inverse-factor.ts";
import { damped, Moments } from "../../src/int8/moments.ts";
import { quantizeWith } from "../../src/int8/quantize.ts";
import { dequantize, quantizeMatrix } from "../../src/int8/quantize-matrix.ts";
import type { EmbeddingLayer, GruLayer, Layer } from "../../src/layers/layer.ts";
import { hash } from "../../src/model/fingerprint.ts";
import { bidirectional, createModel, dense, embedding, gru, masking } from "../../src/reference/index.ts";
import { Random } from "../property/random.ts";
import { gruOptions, seededGru } from "../stacks.ts";

/** Rows that are alike, as states are: a mean, and few directions. */
function makeRows(random: Random, count: number, size: number): Float32Array[] {
  const directions = Array.from({ length: 3 }, () => random.floats(size, 1));
  const mean = random.floats(size, 1);
  return Array.from({ length: count }, () => {
    const shares = random.floats(directions.length, 1);
    const noise = random.floats(size, 0.1);
    return mean.map((value, k) => value + noise[k] + directions.reduce((sum, d, i) => sum + shares[i] * d[k], 0));
  });
}

/** Σ (x · (a - b))² over rows and columns. */
function lost(rows: readonly Float32Array[], a: ArrayLike<number>, b: ArrayLike<number>, columns: number): number {
  let sum = 0;
  for (const row of rows) {
    for (let c = 0; c < columns; c++) {
      const off = row.reduce((total, x, k) => total + x * (a[k * columns + c] - b[k * columns + c]), 0);
      sum += off * off;
    }
  }
  return sum;
}

function productsOf(rows: readonly Float32Array[]): Float64Array {
  const moments = new Moments(rows[0].length);
  for (const row of rows) moments.add(row, 0);
  return moments.products;
}

describe("inverseFactor", () => {
  it("is the factor of the inverse", () => {
    for (const size of [1, 2, 7, 20]) {
      const products = damped(productsOf(makeRows(new Random(size), 40, size)), size) as Float64Array;
      const r = inverseFactor(products, size);
      for (let i = 0; i < size; i++) {
        for (let j = 0; j < size; j++) {
          let sum = 0;
          for (let k = 0; k < size; k++) {
            for (let m = 0; m < size; m++) sum += r[m * size + i] * r[m * size + k] * products[k * size + j];
          }
          expect(sum).toBeCloseTo(i === j ? 1 : 0, 7);
          if (j < i) expect(r[i * size + j]).toBe(0);
        }
      }
    }
  });
});

describe("rounding with error feedback", () => {
  it.each([1, 2, 3])("halves what products lose, seed %i", (seed) => {
    const random = new Random(seed);
    const [size, columns] = [32, 9];
    const data = random.floats(size * columns, 1);
    const [known, others] = [makeRows(new Random(seed), 400, size), makeRows(new Random(seed), 500, size).slice(400)];
    const nearest = quantizeMatrix(data, size, columns);
    const fed = quantizeMatrix(data, size, columns, productsOf(known));
    for (const rows of [known, others]) {
      const [first, second] = [nearest, fed].map((matrix) => lost(rows, dequantize(matrix, columns), data, columns));
      expect(second).toBeLessThan(first / 2);
    }
    // The single weights pay for it, which is why no one sees it without data.
    expect(fed.error?.rms).toBeGreaterThan(nearest.error?.rms as number);
  });

  it("leaves columns alone that lose nothing", () => {
    const random = new Random(5);
    const data = Float32Array.from({ length: 16 * 4 }, (_, i) =>
      i % 4 === 1 ? random.whole(-127, 127) / 256 : i % 4 === 2 ? 0 : random.floats(1, 1)[0],
    );
    const { values, scales } = quantizeMatrix(data, 16, 4, productsOf(makeRows(random, 50, 16)));
    for (let k = 0; k < 16; k++) expect(Math.fround(values[4 * k + 1] * scales[1])).toBe(data[4 * k + 1]);
    expect(scales[2]).toBe(0);
  });

  it("rounds to nearest where rows say nothing", () => {
    const data = new Random(1).floats(12, 1);
    expect(quantizeMatrix(data, 4, 3, new Float64Array(16))).toEqual(quantizeMatrix(data, 4, 3));
  });

  it("gives the same integers in every engine: pinned", () => {
    const random = new Random(11);
    const { values, scales } = quantizeMatrix(random.floats(24 * 10, 1), 24, 10, productsOf(makeRows(random, 90, 24)));
    expect(hash([values, new Uint32Array(scales.buffer)], 1)).toBe(2835788742);
  });
});

describe("rounding columns for each other", () => {
  it.each([1, 2, 3])("loses less of outputs that columns share, seed %i", (seed) => {
    const random = new Random(seed);
    const [size, columns] = [24, 12];
    const data = random.floats(size * columns, 1);
    const products = productsOf(makeRows(new Random(seed), 400, size));
    // What a column does to three outputs.
    const effects = Array.from({ length: 3 }, () => random.floats(columns, 1));
    const costs = productsOf(effects);
    const off = ({ values, scales }: ReturnType<typeof quantizeMatrix>) => {
      const weights = dequantize({ values, scales }, columns);
      return effects.reduce((sum, effect) => {
        const d = Float64Array.from({ length: size }, (_, k) =>
          effect.reduce((total, e, c) => total + e * (weights[k * columns + c] - data[k * columns + c]), 0),
        );
        for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) sum += d[i] * products[i * size + j] * d[j];
        return sum;
      }, 0);
    };
    const alone = quantizeMatrix(data, size, columns, products);
    const together = quantizeMatrix(data, size, columns, products, data, costs);
    expect(together.scales).toEqual(alone.scales);
    expect(off(together)).toBeLessThan(0.7 * off(alone));
  });
});

describe("the error of a matrix", () => {
  it("is that of its weights, relative to the matrix", () => {
    const data = Float32Array.of(1, -0.5, 0.25, 0.1);
    const matrix = quantizeMatrix(data, 4, 1);
    const off = dequantize(matrix, 1).map((value, i) => Math.abs(value - data[i]));
    expect(matrix.error?.max).toBeCloseTo(Math.max(...off), 12);
    expect(matrix.error?.rms).toBeCloseTo(Math.hypot(...off) / Math.hypot(...data), 12);
  });

  it("is 0 for zeros and for what is on a grid", () => {
    for (const data of [new Float32Array(6), Float32Array.of(1, 2, 3, 127, -5, 0)]) {
      expect(quantizeMatrix(data, 3, 2).error).toEqual({ max: 0, rms: 0 });
    }
  });
});

describe("an embedding and the kernel behind it", () => {
  it("are rounded for each other: their product loses less than when each is rounded by itself", () => {
    const random = new Random(3);
    const [vocabulary, features, units] = [9, 24, 8];
    const table = embedding({
      weights: { data: random.floats(vocabulary * features, 1), shape: [vocabulary, features] },
    });
    const layer = gru(gruOptions(features, units));
    const [rounded, behind] = quantize([table, layer]) as [EmbeddingLayer, GruLayer];
    const [alone] = quantize([table, dense({ units: 1, kernel: new Float32Array(features) })]) as [EmbeddingLayer];
    const [kernel] = quantize([layer]) as [GruLayer];
    const off = (t: EmbeddingLayer, g: GruLayer) => {
      let sum = 0;
      for (let id = 0; id < vocabulary; id++) {
        for (let c = 0; c < 3 * units; c++) {
          let product = 0;
          for (let k = 0; k < features; k++) {
            const [at, w] = [id * features + k, k * 3 * units + c];
            product += t.weights[at] * g.weights.kernel[w] - table.weights[at] * layer.weights.kernel[w];
          }
          sum += product * product;
        }
      }
      return sum;
    };
    expect(off(rounded, behind)).toBeLessThan(off(alone, kernel) / 10);
  });
});

describe("calibration", () => {
  const input = { data: new Random(2).floats(3 * 5 * 4, 1), shape: [3, 5, 4] };

  it("sees the inputs and states of every layer", () => {
    const layers = [{ ...seededGru(4, 3), returnSequences: true }, seededGru(3, 2)];
    const found = calibrate(layers, [{ input }], createModel);
    const [first, second] = layers.map((layer) => found.get(layer));
    const { outputs } = createModel([layers[0]]).run(input);
    // Number 1 of the three, of the steps up to one that is left out.
    const sum = (steps: number) =>
      outputs.data.reduce((total, value, i) => total + (i % 3 === 1 && Math.floor(i / 3) % 5 < steps ? value : 0), 0);
    for (const [moments, steps] of [
      [first?.states, 4],
      [second?.inputs, 5],
    ] as const) {
      expect(moments?.count).toBe(15);
      expect(moments?.sums[1]).toBeCloseTo(sum(steps), 5);
    }
    expect(first?.inputs.products[5]).toBeCloseTo(
      input.data.reduce((sum, value, i) => sum + (i % 4 === 1 ? value * value : 0), 0),
      5,
    );
  });

  it("does not count padding", () => {
    const layer = seededGru(4, 3);
    expect(calibrate([layer], [{ input, lengths: [1, 2, 3] }], createModel).get(layer)?.states.count).toBe(6);
  });

  it.each([
    [true, "tanh"],
    [false, "tanh"],
    [true, "softsign"],
  ] as const)(
    "sees what products do to an output, as differences of runs have it: reset after %s, %s",
    (resetAfter, name) => {
      const [units, steps] = [3, 4];
      const columns = 3 * units;
      // Inputs that are the products themselves: an output's derivative by an input is that by a product.
      const kernel = Float32Array.from({ length: columns * columns }, (_, i) => (i % (columns + 1) === 0 ? 1 : 0));
      const layer = gru({ ...gruOptions(columns, units), kernel, resetAfter, activation: name, ...(!resetAfter && { bias: null }) }); // biome-ignore format: one line
      const stack = [layer, dense({ units: 1, kernel: new Random(5).floats(units, 1) })];
      const data = new Random(4).floats(steps * columns, 1);
      const shape = [1, steps, columns];
      const moments = calibrate(stack, [{ input: { data, shape } }], createModel).get(layer);
      const model = createModel(stack);
      const step = 1 / 128;
      const gradient = data.map((_, at) => {
        const output = (by: number) =>
          model.run({ data: data.map((value, i) => value + (i === at ? by : 0)), shape }).outputs.data[0];
        return (output(step) - output(-step)) / (2 * step);
      });
      const wanted = productsOf(
        Array.from({ length: steps }, (_, t) => gradient.subarray(t * columns, (t + 1) * columns)),
      );
      const [inputs, states] = [moments?.inputCosts?.products, moments?.stateCosts.products];
      for (const [i, value] of wanted.entries()) {
        expect(inputs?.[i]).toBeCloseTo(value, 3);
        const ofGates = i % columns < 2 * units && i < 2 * units * columns;
        if (!resetAfter || ofGates) expect(states?.[i]).toBe(inputs?.[i]);
      }
    },
  );

  it("gives the same bytes on the kernel as on the reference", () => {
    const mixed = [
      masking({ maskValue: 9 }),
      bidirectional({ forward: gruOptions(4, 6), backward: gruOptions(4, 6, 2), mergeMode: "sum", name: "both" }),
      gru({ ...gruOptions(6, 7), resetAfter: false, bias: null, stateful: true, returnSequences: true }),
      dense({ units: 2, kernel: new Random(6).floats(14, 1) }),
    ] as Layer[];
    const state = (units: number) => ({ data: new Random(units).floats(3 * units, 1), shape: [3, units] });
    const calibration = [
      { input, initialState: [state(6), null, state(7)] },
      { input, lengths: [5, 2, 3] },
    ];
    const [a, b] = [quantize(mixed, { calibration }), quantizeWith({ createModel }, mixed, { calibration })];
    expect(JSON.stringify(a)).toBe(JSON.stringify(b));
    const plain = quantize(mixed);
    expect(JSON.stringify(plain)).not.toBe(JSON.stringify(a));
  });

  it("makes the outputs of a like run better", () => {
    const layer = gru({ ...gruOptions(24, 32), returnSequences: true });
    const batch = (seed: number) => {
      const rows = makeRows(new Random(9), 40 * (seed + 1), 24).slice(40 * seed);
      return { data: Float32Array.from(rows.flatMap((row) => [...row])), shape: [4, 10, 24] };
    };
    const exact = createModel([layer]).run(batch(1)).outputs.data;
    const off = (layers: ReturnType<typeof quantize>) => {
      const { data } = createModel(layers).run(batch(1)).outputs;
      return Math.hypot(...data.map((value, i) => value - exact[i]));
    };
    expect(off(quantize([layer], { calibration: [{ input: batch(0) }] }))).toBeLessThan(0.8 * off(quantize([layer])));
  });

  it.each([
    ["no list", { input }, /quantize.calibration: expected an array of samples/],
    ["an unknown member", [{ inputs: input }], /quantize.calibration\[0\]: expected one of input, lengths/],
    ["numbers that are not finite", [{ input: [[[Number.NaN, 1, 1, 1]]] }], /expected finite numbers in every layer/],
  ])("refuses %s", (_, calibration, message) => {
    expect(() => quantize([seededGru(4, 3)], { calibration: calibration as never })).toThrow(message);
  });
});
