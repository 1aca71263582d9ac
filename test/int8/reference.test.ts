import { describe, expect, it } from "vitest";
import type { Precision } from "../../src/layers/layer.ts";
import { quantizedProduct, quantizeRow } from "../../src/reference/int8.ts";
import { Random } from "../property/random.ts";

const precisions: readonly Precision[] = [7, 14];
const limits = { 7: 63, 14: 8191 } as const;

const rowOf = (numbers: readonly number[], precision: Precision) => {
  const u = new Int32Array(numbers.length);
  const scale = quantizeRow(u, Float32Array.from(numbers), 0, numbers.length, precision);
  return { q: Array.from(u, (value) => value - limits[precision] - 1), u, scale };
};

describe.each(precisions)("a row at precision %s", (precision) => {
  const limit = limits[precision];

  it("keeps every number to within half a step, and the largest one exactly", () => {
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed);
      const x = Array.from(random.floats(random.whole(1, 70), 2 ** random.whole(-99, 100)));
      const { q, u, scale } = rowOf(x, precision);
      const largest = Math.max(...x.map(Math.abs));
      expect(Math.max(...q.map(Math.abs))).toBe(limit);
      expect(Math.abs(scale * limit - largest)).toBeLessThanOrEqual(largest * 2 ** -23);
      for (const [k, value] of x.entries()) {
        expect(u[k]).toBeGreaterThanOrEqual(1);
        expect(u[k]).toBeLessThanOrEqual(2 * limit + 1);
        // Half a step, and what rounding x · inv and the scale to f32 can add.
        expect(Math.abs(value - scale * q[k])).toBeLessThanOrEqual(scale * 0.5 + largest * 2 ** -22);
      }
    }
  });

  it("rounds ties to even", () => {
    const { q, scale } = rowOf([limit, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 1.49999, 2.50001], precision);
    expect(scale).toBe(1);
    expect(q.map((value) => value + 0)).toEqual([limit, 0, 2, 2, 0, -2, -2, 1, 3]);
  });

  it("takes zeros, and what is as good as zero, for zeros", () => {
    for (const value of [0, -0, 1e-45, 2 ** -101]) {
      const { q, scale } = rowOf([value, 0], precision);
      expect([...q, scale]).toEqual([0, 0, 0]);
    }
    expect(rowOf([2 ** -100], precision).q).toEqual([limit]);
  });

  it("has a scale that is NaN where a number is not finite, and stays in range", () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const { u, scale } = rowOf([1, value, -3, 2], precision);
      expect(scale).toBeNaN();
      for (const k of u) expect(k).toBeLessThanOrEqual(2 * limit + 1);
    }
  });

  it("takes the largest floats there are", () => {
    const largest = 2 ** 127 * (2 - 2 ** -23);
    const { q, scale } = rowOf([largest, -largest, largest / 2], precision);
    expect(q).toEqual([limit, -limit, (limit + 1) / 2]);
    expect(scale).toBe(Math.fround(largest / limit));
  });
});

describe.each(precisions)("a product at precision %s", (precision) => {
  it("is the exact sum of whole numbers, rounded as the definition says", () => {
    for (let seed = 0; seed < 100; seed++) {
      const random = new Random(seed);
      const [rows, columns] = [random.whole(1, 200), random.whole(1, 9)];
      const x = random.floats(rows + 3, 10);
      const values = Int8Array.from({ length: rows * columns }, () => random.whole(-128, 127));
      const scales = random.floats(columns);
      const bias = random.chance(0.5) ? random.floats(columns) : null;
      const out = new Float32Array(columns).fill(Number.NaN);
      quantizedProduct(out, x, 3, rows, { values, scales }, precision, columns, bias);
      const { q, scale } = rowOf(Array.from(x.slice(3)), precision);
      for (let c = 0; c < columns; c++) {
        // No rounding and no overflow: a definition apart from the loop under test.
        const sum = q.reduce((total, k, row) => total + BigInt(k) * BigInt(values[row * columns + c]), 0n);
        const scaled = Math.fround(Math.fround(Math.fround(Number(sum)) * scale) * scales[c]);
        expect(out[c]).toBe(Math.fround((bias?.[c] ?? 0) + scaled));
      }
    }
  });

  it("does not overflow at the most rows that are allowed", () => {
    const rows = precision === 7 ? 260_000 : 2048;
    const out = new Float32Array(2);
    const values = new Int8Array(2 * rows).map((_, i) => (i % 2 ? 127 : -128));
    const matrix = { values, scales: Float32Array.of(1, 1) };
    quantizedProduct(out, new Float32Array(rows).fill(1), 0, rows, matrix, precision, 2, null);
    for (const [c, value] of [-128, 127].entries()) expect(out[c] / (rows * value)).toBeCloseTo(1, 6);
  });

  it("computes some columns only, and leaves the others", () => {
    const out = Float32Array.of(9, 9, 9);
    const matrix = { values: Int8Array.of(1, 2, 3), scales: Float32Array.of(1, 1, 1) };
    quantizedProduct(out, Float32Array.of(limits[precision]), 0, 1, matrix, precision, 3, null, 1, 2);
    expect([...out]).toEqual([9, 2 * limits[precision], 9]);
  });
});
