import { readFileSync } from "node:fs";
import { instantiateSync } from "@assemblyscript/loader";
import { describe, expect, it } from "vitest";
import type { KernelExports } from "../../src/kernel/exports.ts";
import { copy, openMemory, padded } from "../../src/kernel/memory.ts";
import { product } from "../../src/reference/product.ts";
import { bits, Random } from "../property/random.ts";

const module = new WebAssembly.Module(readFileSync(new URL("../../build/gru.wasm", import.meta.url)));

/** y = bias + x · matrix through pack and multiply, with rows apart by more than they need. */
function multiply(rows: number, depth: number, gates: number, units: number, seed: number) {
  const random = new Random(seed);
  const exports = instantiateSync(module).exports as unknown as KernelExports;
  const memory = openMemory(exports);
  const columns = gates * units;
  const stride = gates * padded(units);
  const [xGap, yGap] = [random.whole(0, 3), 4 * random.whole(0, 2)];
  const x = random.floats(rows * depth);
  const matrix = random.floats(depth * columns);
  const bias = random.floats(columns);
  const places = {
    matrix: memory.reserve(depth * stride),
    bias: memory.reserve(stride),
    source: memory.reserve(depth * columns),
    x: memory.reserve(rows * (depth + xGap)),
    index: memory.reserve(rows),
    y: memory.reserve(rows * (stride + yGap)),
  };
  memory.f32.set(matrix, places.source);
  // In two parts, as a large matrix would be.
  const half = depth >> 1;
  exports.pack(places.source, columns, 0, half, depth, gates, units, places.matrix);
  const rest = places.source + half * columns;
  exports.pack(rest, columns, half, depth - half, depth, gates, units, places.matrix);
  for (let gate = 0; gate < gates; gate++) {
    copy(memory.f32, places.bias + gate * padded(units), bias, gate * units, units);
  }
  // The rows lie in another order than that of the product.
  for (let row = 0; row < rows; row++) {
    const place = rows - 1 - row;
    memory.i32[places.index + row] = place;
    copy(memory.f32, places.x + place * (depth + xGap), x, row * depth, depth);
  }
  exports.multiply(
    places.x,
    places.index,
    depth + xGap,
    rows,
    places.matrix,
    depth,
    stride >> 2,
    places.bias,
    places.y,
    stride + yGap,
  );
  const expected = new Float32Array(columns);
  for (let row = 0; row < rows; row++) {
    product(expected, x, row * depth, depth, matrix, columns, bias);
    for (let gate = 0; gate < gates; gate++) {
      const at = places.y + row * (stride + yGap) + gate * padded(units);
      const actual = memory.f32.slice(at, at + units);
      expect(bits(actual), `row ${row}, gate ${gate}`).toEqual(bits(expected.slice(gate * units, (gate + 1) * units)));
    }
  }
}

describe("multiply", () => {
  // A group is 3 vectors, and a row takes 4 groups at a time, then 2, then 1: every width of what is left, twice over.
  for (let vectors = 1; vectors <= 26; vectors++) {
    it(`has the reference's bits for ${vectors} vectors and 1 to 9 rows`, () => {
      for (let rows = 1; rows <= 9; rows++) multiply(rows, 5, 1, 4 * vectors, 1000 * vectors + rows);
    });
  }

  it("has the reference's bits for every depth around the tiles, and primes", () => {
    for (const depth of [1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 13, 16, 17, 31, 48, 49, 97, 128]) {
      for (const rows of [1, 2, 3, 4, 6, 7]) multiply(rows, depth, 3, 16, depth);
    }
  });

  it("has the reference's bits for sums that are interrupted, and for one that just is not", () => {
    for (const depth of [511, 512, 513, 1024, 1030]) for (const rows of [1, 3, 7]) multiply(rows, depth, 1, 20, depth);
  });

  it("has the reference's bits for units that fill no vector, gate by gate", () => {
    for (let units = 1; units <= 19; units++) {
      for (const gates of [1, 2, 3]) for (const rows of [1, 3, 4]) multiply(rows, 3, gates, units, units);
    }
  });
});
