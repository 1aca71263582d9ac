import type { Int8Exports } from "../../src/kernel/exports-int8.ts";
import { copy, openMemory, padded } from "../../src/kernel/memory.ts";
import type { Precision } from "../../src/layers/layer.ts";
import { quantizedProduct } from "../../src/reference/int8.ts";
import { Random } from "../property/random.ts";

/** What a case multiplies: rows of one kind, with weights of one kind. */
export interface Case {
  readonly rows: number;
  readonly depth: number;
  readonly gates: number;
  readonly units: number;
  readonly precision: Precision;
  readonly x?: (random: Random, count: number) => Float32Array;
  readonly values?: (random: Random, count: number) => Int8Array;
}

const anyValues = (random: Random, count: number) => Int8Array.from({ length: count }, () => random.whole(-128, 127));

/**
 * The product of a case by a module, and by the reference.
 *
 * @returns the first difference in bits, or null; every NaN is like any other
 */
export function findDifference(module: WebAssembly.Module, { x, values, ...shape }: Case, seed: number): string | null {
  const { rows, depth, gates, units, precision } = shape;
  const random = new Random(seed);
  const exports = new WebAssembly.Instance(module).exports as unknown as Int8Exports;
  const memory = openMemory(exports);
  const columns = gates * units;
  const stride = gates * padded(units);
  const [xGap, yGap] = [random.whole(0, 3), 4 * random.whole(0, 2)];
  const data = x ? x(random, rows * depth) : random.floats(rows * depth);
  const matrix = values ? values(random, depth * columns) : anyValues(random, depth * columns);
  const scales = random.floats(columns, 0.01);
  const bias = random.floats(columns);
  const wide = Math.ceil(depth / 16) * 16;
  const places = {
    matrix: memory.reserve(exports.sizeInt8(depth, stride / 4, precision) / 4),
    bias: memory.reserve(stride),
    source: memory.reserve(Math.ceil((depth * columns) / 4)),
    scratch: memory.reserve(66 * (4 + wide / 2)),
    index: memory.reserve(rows),
    y: memory.reserve(rows * (stride + yGap)),
    // Last, so that what is read behind it is behind all.
    x: memory.reserve(rows * (depth + xGap)),
  };
  // In bytes.
  const source = 4 * places.source;
  // Whatever stands behind a row must not count.
  memory.f32.fill(Number.NaN, places.x);
  new Int8Array(exports.memory.buffer).set(matrix, source);
  // In two parts, as a large matrix would be.
  const half = depth >> 1;
  const target = places.matrix;
  exports.packInt8(source, columns, 0, half, depth, gates, units, precision, target);
  const rest = source + half * columns;
  exports.packInt8(rest, columns, half, depth - half, depth, gates, units, precision, target);
  for (let gate = 0; gate < gates; gate++) {
    copy(memory.f32, target + gate * padded(units), scales, gate * units, units);
    copy(memory.f32, places.bias + gate * padded(units), bias, gate * units, units);
  }
  // The rows lie in another order than that of the product.
  for (let row = 0; row < rows; row++) {
    const place = rows - 1 - row;
    memory.i32[places.index + row] = place;
    copy(memory.f32, places.x + place * (depth + xGap), data, row * depth, depth);
  }
  exports.multiplyInt8(
    places.x,
    places.index,
    depth + xGap,
    rows,
    target,
    depth,
    stride >> 2,
    places.bias,
    places.y,
    stride + yGap,
    precision,
    places.scratch,
  );
  const expected = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    quantizedProduct(expected, data, row * depth, depth, { values: matrix, scales }, precision, columns, bias);
    for (let column = 0; column < columns; column++) {
      const gate = Math.floor(column / units);
      const at = places.y + row * (stride + yGap) + gate * padded(units) + (column - gate * units);
      if (!Object.is(memory.f32[at], expected[column])) {
        const where = `${JSON.stringify(shape)}, row ${row}, column ${column}`;
        return `${where}: expected ${expected[column]}, got ${memory.f32[at]}`;
      }
    }
  }
  return null;
}

/** Rows that are hard to quantise: not finite, zero, next to nothing, next to too much. */
const rows: Readonly<Record<string, (random: Random, count: number) => Float32Array>> = {
  zeros: (_, count) => new Float32Array(count),
  "minus zeros": (_, count) => new Float32Array(count).fill(-0),
  subnormal: (random, count) => random.floats(count, 2 ** -127),
  "around the smallest": (random, count) => random.floats(count, 2 ** -99),
  "the smallest": (_, count) => new Float32Array(count).fill(2 ** -100),
  largest: (random, count) => random.floats(count).map((value) => Math.sign(value) * 3.4028234663852886e38),
  ones: (_, count) => new Float32Array(count).fill(1),
  halves: (random, count) => Float32Array.from({ length: count }, () => random.whole(-126, 126) / 126),
  "an Infinity": (random, count) => random.floats(count).map((value, i) => (i % 5 === 2 ? -1 / 0 : value)),
  "a NaN": (random, count) => random.floats(count).map((value, i) => (i % 7 === 3 ? Number.NaN : value)),
};

/** Weights that bring every sum to its limit. */
const weights: Readonly<Record<string, (random: Random, count: number) => Int8Array>> = {
  "-128": (_, count) => new Int8Array(count).fill(-128),
  127: (_, count) => new Int8Array(count).fill(127),
  any: anyValues,
};

/** Every case, by the name of what it is about. */
export function* cases(): Generator<readonly [name: string, cases: readonly Case[]]> {
  for (const precision of [7, 14] as const) {
    const at = `${precision} bits`;
    const make = (sizes: readonly (readonly [number, number, number, number])[]): Case[] =>
      sizes.map(([rows, depth, gates, units]) => ({ rows, depth, gates, units, precision }));
    const oneTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
    // A group is 3 vectors, and a row takes 4 groups at a time, then 2, then 1: every width of what is left, twice over.
    const widths = oneTo(26).flatMap((vectors) => oneTo(7).map((count) => [count, 5, 1, 4 * vectors] as const));
    yield [`${at}, 1 to 26 vectors and 1 to 7 rows`, make(widths)];
    const depths = [...oneTo(34), 47, 48, 49, 61, 64, 97, 127, 128, 129, 255, 256, 509];
    yield [
      `${at}, every depth around the steps, and primes`,
      make(depths.flatMap((k) => [1, 3, 5].map((n) => [n, k, 3, 8]))),
    ];
    const units = oneTo(19).flatMap((u) =>
      [1, 2, 3].flatMap((gates) => [1, 3, 4].map((n) => [n, 3, gates, u] as const)),
    );
    yield [`${at}, units that fill no vector, gate by gate`, make(units)];
    yield [`${at}, more rows than are quantised together`, make([64, 65, 66, 67, 132, 140].map((n) => [n, 9, 1, 20]))];
    yield [
      `${at}, the deepest matrix`,
      make([
        [1, 2048, 1, 12],
        [3, 2048, 1, 12],
      ]),
    ];
    for (const [name, x] of Object.entries(rows)) {
      for (const [kind, values] of Object.entries(weights)) {
        const hard = make([1, 16, 35].flatMap((k) => [1, 3, 4].map((n) => [n, k, 1, 12] as const)));
        yield [`${at}, rows of ${name}, weights of ${kind}`, hard.map((each) => ({ ...each, x, values }))];
      }
    }
    const deepest = make([
      [1, 2048, 1, 12],
      [3, 2048, 1, 12],
    ]);
    for (const kind of ["-128", "127"]) {
      const values = weights[kind];
      yield [`${at}, the largest sums, weights of ${kind}`, deepest.map((each) => ({ ...each, x: rows.ones, values }))];
    }
  }
}
