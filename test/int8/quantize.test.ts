import { describe, expect, it } from "vitest";
import { quantize } from "../../src/int8/index.ts";
import { dequantize, quantizeMatrix } from "../../src/int8/quantize-matrix.ts";
import { quantizedGru } from "../../src/int8/quantized-gru.ts";
import { bidirectional, dense, dropout, embedding, gru, masking } from "../../src/kernel/layers.ts";
import { activation } from "../../src/layers/index.ts";
import type { BidirectionalLayer, DenseLayer, EmbeddingLayer, GruLayer, Layer } from "../../src/layers/layer.ts";
import * as reference from "../../src/reference/index.ts";
import { Random } from "../property/random.ts";
import { gruOptions, seededGru } from "../stacks.ts";

const precisions = [7, 14] as const;

describe("quantizeMatrix", () => {
  it("keeps every weight to within half a step of its column", () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const [rows, columns] = [random.whole(1, 30), random.whole(1, 9)];
      const data = random.floats(rows * columns, 10 ** random.whole(-30, 30));
      const matrix = quantizeMatrix(data, rows, columns);
      const weights = dequantize(matrix, columns);
      for (const [i, weight] of data.entries()) {
        const scale = matrix.scales[i % columns];
        expect(Math.abs(weights[i] - weight)).toBeLessThanOrEqual(scale * 0.50001);
        expect(Math.abs(matrix.values[i])).toBeLessThanOrEqual(127);
      }
    }
  });

  it("keeps what is on a grid already: weights of int8 / 256", () => {
    for (const grid of [1 / 256, 1, 2 ** 60, 2 ** -140]) {
      const random = new Random(7);
      const numbers = Float32Array.from({ length: 40 * 6 }, () => random.whole(-127, 127) * grid);
      expect(dequantize(quantizeMatrix(numbers, 40, 6), 6)).toEqual(numbers);
    }
  });

  it("takes columns of zeros, and a single number", () => {
    const { values, scales } = quantizeMatrix(Float32Array.of(0, 0.3, 0, -0.3), 2, 2);
    expect([...values]).toEqual([0, 127, 0, -127]);
    expect([...scales]).toEqual([0, Math.fround(Math.fround(0.3) / 127)]);
  });
});

describe("quantize", () => {
  const stack = (): Layer[] => [
    embedding({ weights: [[0.1, 0.2, 0.3], ...nested(4, 3)], maskZero: true }),
    bidirectional({ forward: gruOptions(3, 4), backward: gruOptions(3, 4, 2), name: "both" }),
    dropout(),
    activation({ activation: "relu" }),
    dense({ units: 2, kernel: nested(8, 2) }),
    masking(),
    seededGru(2, 5),
  ];

  it.each(precisions)(
    "gives layers of int8 at precision %s, whose weights are what the numbers stand for",
    (precision) => {
      const given = stack();
      const layers = quantize(given, { precision });
      expect(layers.map(({ kind, name }) => [kind, name])).toEqual(given.map(({ kind, name }) => [kind, name]));
      const { forward, backward } = layers[1] as BidirectionalLayer;
      for (const { int8, weights, inputs, units } of [forward, backward, layers[6] as GruLayer]) {
        if (!int8) throw new Error("not int8");
        expect(int8.precision).toBe(precision);
        expect(int8.kernel.values).toHaveLength(inputs * 3 * units);
        expect(dequantize(int8.kernel, 3 * units)).toEqual(weights.kernel);
        expect(dequantize(int8.recurrentKernel, 3 * units)).toEqual(weights.recurrentKernel);
      }
      expect((given[1] as BidirectionalLayer).forward.int8).toBeUndefined();
    },
  );

  it("rounds an embedding by rows and a dense kernel to f16", () => {
    const layers = quantize([
      embedding({
        weights: [
          [1, 0.5],
          [1000, 1],
          [0, 0],
        ].map((row) => row.map(Math.fround)),
      }),
      dense({
        units: 2,
        kernel: [
          [1.3, 1000],
          [0.01, 3],
        ],
      }),
    ]);
    const [table, output] = layers as [EmbeddingLayer, DenseLayer];
    expect([...table.weights]).toEqual(
      [1, 0.5, 1000, 0, 0, 0].map((value, i) => (i === 3 ? expect.any(Number) : value)),
    );
    expect(table.weights[3]).toBeCloseTo(0, 10);
    expect(output.kernel[0]).toBe(1.2998046875);
    expect(output.kernel[1]).toBeCloseTo(1000, 3);
    expect(Math.abs(output.kernel[2] - 0.01)).toBeLessThan(1.3 / 254);
  });

  it.each([
    [7, 0.03],
    [14, 0.0003],
  ] as const)("gives, at precision %s, nearly what f32 with the same weights gives", (precision, tolerance) => {
    const random = new Random(3);
    const layers = quantize([seededGru(20, 48), seededGru(48, 16, { resetAfter: false, bias: null }, 2)].map(calm), {
      precision,
    });
    const floats = layers.map((layer) => reference.gru({ ...optionsOf(layer as GruLayer), returnSequences: true }));
    const input = { data: random.floats(3 * 30 * 20), shape: [3, 30, 20] };
    const a = reference.createModel(layers).run(input).outputs.data;
    const b = reference.createModel(floats).run(input).outputs.data;
    const off = Math.max(...a.map((value, i) => Math.abs(value - b[i])));
    expect(off).toBeGreaterThan(0);
    expect(off).toBeLessThan(tolerance);
  });

  it("takes a model's layers, and those of the reference", () => {
    const { layers } = reference.createModel([reference.gru(gruOptions(2, 3))]);
    expect(() => reference.createModel(quantize(layers))).not.toThrow();
  });

  it("gives layers that a model knows from f32 ones: summary and fingerprint", () => {
    const f32 = reference.createModel([seededGru(2, 3, { name: "one" })]);
    const seven = reference.createModel(quantize(f32.layers, { precision: 7 }));
    expect(seven.summary()).toContain("int8 (precision 7)");
    const parameters = (text: string) => text.split("\n").at(-1);
    expect(parameters(seven.summary())).toBe(parameters(f32.summary()));
    const fourteen = reference.createModel(quantize(f32.layers, { precision: 14 }));
    const bytes = seven.stream().snapshot();
    expect(() => reference.createModel(seven.layers).stream().restore(bytes)).not.toThrow();
    for (const other of [f32, fourteen])
      expect(() => other.stream().restore(bytes)).toThrow(/snapshot.model: expected/);
  });

  it("refuses what cannot be quantised", () => {
    const layer = seededGru(2, 3, { name: "one" });
    const broken = (value: number) =>
      gru({ ...gruOptions(2, 3), kernel: new Float32Array(18).fill(value, 4, 5) } as never);
    for (const [layers, options, message] of [
      [[layer], { precision: 8 }, /quantize.precision: expected 7 or 14, got 8/],
      [[layer], { bits: 7 }, /quantize: expected one of precision, calibration, got "bits"/],
      [[layer], null, /quantize: expected options, got null/],
      [layer, {}, /quantize: expected an array of layers, got Object/],
      [[null], {}, /layers\[0\]: expected a layer of congruent, got null/],
      [quantize([layer]), {}, /one: expected a layer of f32, got one of int8/],
      [[broken(Number.NaN)], {}, /layers\[0\].kernel, element 4: expected a finite number, got NaN/],
      [[broken(Number.POSITIVE_INFINITY)], {}, /layers\[0\].kernel, element 4: expected a finite number, got Infinity/],
      [[embedding({ weights: [[1], [Number.NaN]] })], {}, /layers\[0\].weights, element 1: expected a finite number/],
      [[dense({ units: 1, kernel: [[Number.NaN]] })], {}, /layers\[0\].kernel, element 0: expected a finite number/],
    ] as [never, never, RegExp][]) {
      expect(() => quantize(layers, options)).toThrow(message);
      expect(() => quantize(layers, options)).toThrow(reference.CongruentError);
    }
  });

  it("refuses more rows than whole numbers of 32 bits can sum", () => {
    const wide = (inputs: number): Layer[] => [
      gru({
        units: 1,
        kernel: { data: new Float32Array(3 * inputs).fill(1), shape: [inputs, 3] },
        recurrentKernel: [[1, 1, 1]],
      }),
    ];
    expect(quantize(wide(2048), { precision: 14 })).toHaveLength(1);
    expect(() => quantize(wide(2049), { precision: 14 })).toThrow(
      "layers[0].kernel: expected at most 2048 rows at precision 14, got 2049",
    );
    expect(quantize(wide(2049), { precision: 7 })).toHaveLength(1);
  });

  it("refuses matrices of another size", () => {
    const matrix = quantizeMatrix(new Float32Array(9), 1, 9);
    const layer = seededGru(2, 3);
    expect(() => quantizedGru(layer, matrix, matrix, 7, "one")).toThrow(
      "one.kernel: expected [2, 9] values with a scale a column, got 9 values, 9 scales",
    );
  });
});

/** Smaller weights, as trained ones are, so that errors do not grow. */
function calm(layer: GruLayer): GruLayer {
  const { weights, units, inputs } = layer;
  const kernel = weights.kernel.map((value) => value / Math.sqrt(inputs));
  const recurrentKernel = weights.recurrentKernel.map((value) => value / Math.sqrt(units));
  return { ...layer, weights: { ...weights, kernel, recurrentKernel } };
}

function optionsOf({ units, inputs, weights, resetAfter }: GruLayer) {
  const { kernel, recurrentKernel, bias, recurrentBias } = weights;
  return {
    units,
    resetAfter,
    kernel: { data: kernel, shape: [inputs, 3 * units] },
    recurrentKernel: { data: recurrentKernel, shape: [units, 3 * units] },
    bias,
    recurrentBias,
  };
}

function nested(rows: number, columns: number): number[][] {
  const random = new Random(rows);
  return Array.from({ length: rows }, () => [...random.floats(columns)]);
}
