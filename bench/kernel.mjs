/** The kernels' exports called directly: `multiply` alone, over weights that their own `pack` laid out. */
import { readFileSync } from "node:fs";
import { seeded, uniform } from "./seeded.mjs";

/** Columns of a vector. */
const LANES = 4;

/** The rows of x as they lie. */
const NO_INDEX = 0;

/**
 * y = init + x · W, with W of three gates of `units` columns, as the GRU has it.
 *
 * @param {{ rows: number, depth: number, units: number }} shape units: a multiple of 4
 * @returns {{ contender: import("./measure.mjs").Contender, flops: number, weights: number }} weights: their bytes
 */
export function openMultiply({ rows, depth, units }) {
  const { exports, memory, reserve } = instance("gru");
  const columns = 3 * units;
  const random = seeded(1);
  const x = reserve(rows * depth);
  const w = reserve(depth * columns);
  const init = reserve(columns);
  const y = reserve(rows * columns);
  const source = reserve(depth * columns);
  const floats = new Float32Array(memory.buffer);
  const data = {
    x: uniform(random, rows * depth, 1),
    w: uniform(random, depth * columns, 1),
    init: uniform(random, columns, 1),
  };
  floats.set(data.x, x);
  floats.set(data.init, init);
  floats.set(data.w, source);
  exports.pack(source, columns, 0, depth, depth, 3, units, w);
  const contender = {
    name: `multiply ${rows}×${depth}×${columns}`,
    async: false,
    repeat(_, count) {
      for (let i = 0; i < count; i++) {
        exports.multiply(x, NO_INDEX, depth, rows, w, depth, columns / LANES, init, y, columns);
      }
    },
    begin() {},
    read: () => floats.slice(y, y + rows * columns),
    close() {},
  };
  contender.repeat(0, 1);
  check(contender, data, { rows, depth, columns });
  return { contender, flops: 2 * rows * depth * columns, weights: 4 * depth * columns };
}

/**
 * The same product in int8, the rows quantised in each call as a GRU has it done.
 *
 * @param {{ rows: number, depth: number, units: number, precision: 7 | 14, module: "int8" | "int8-plain" }} shape
 * @returns {{ contender: import("./measure.mjs").Contender, operations: number }}
 */
export function openMultiplyInt8({ rows, depth, units, precision, module }) {
  const { exports, memory, reserve } = instance(module);
  const columns = 3 * units;
  const random = seeded(1);
  // As src/kernel/exports-int8.ts has it.
  const wide = Math.ceil(depth / 16) * 16;
  const w = reserve(exports.sizeInt8(depth, columns / LANES, precision) / 4);
  const init = reserve(columns);
  const source = reserve((depth * columns) / 4);
  const scratch = reserve(66 * (4 + wide / 2));
  const y = reserve(rows * columns);
  const x = reserve(rows * depth);
  const floats = new Float32Array(memory.buffer);
  const data = {
    x: uniform(random, rows * depth, 1),
    w: Int8Array.from({ length: depth * columns }, () => Math.floor(random() * 255) - 127),
    scales: uniform(random, columns, 0.01),
    init: uniform(random, columns, 1),
  };
  floats.set(data.x, x);
  floats.set(data.init, init);
  floats.set(data.scales, w);
  new Int8Array(memory.buffer).set(data.w, 4 * source);
  exports.packInt8(4 * source, columns, 0, depth, depth, 3, units, precision, w);
  const vectors = columns / LANES;
  const contender = {
    name: `multiplyInt8 ${rows}×${depth}×${columns}, ${precision} bits, ${module}`,
    async: false,
    repeat(_, count) {
      for (let i = 0; i < count; i++) {
        exports.multiplyInt8(x, NO_INDEX, depth, rows, w, depth, vectors, init, y, columns, precision, scratch);
      }
    },
    begin() {},
    read: () => floats.slice(y, y + rows * columns),
    close() {},
  };
  contender.repeat(0, 1);
  checkInt8(contender, data, { rows, depth, columns }, precision === 7 ? 63 : 8191);
  return { contender, operations: 2 * rows * depth * columns };
}

/**
 * An activation over a vector of numbers in place.
 *
 * @param {number} code
 * @param {number} count a multiple of 4
 * @returns {import("./measure.mjs").Contender}
 */
export function openActivation(code, count) {
  const { exports, memory, reserve } = instance("gru");
  const place = reserve(count);
  const values = uniform(seeded(2), count, 4);
  const view = new Float32Array(memory.buffer, 4 * place, count);
  view.set(values);
  return {
    name: `activation ${code}`,
    async: false,
    repeat(_, calls) {
      // Over their own results the functions come to rest, far from numbers that would take another way.
      view.set(values);
      for (let i = 0; i < calls; i++) exports.activate(code, place, count / LANES, 0, 0);
    },
    begin() {},
    read: () => view.slice(),
    close() {},
  };
}

/** @param {"gru" | "int8" | "int8-plain"} name of a module in dist/ */
function instance(name) {
  const bytes = readFileSync(new URL(`../dist/${name}.wasm`, import.meta.url));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory } = exports;
  let end = exports.heapBase();
  return {
    exports,
    memory,
    /** @param {number} floats @returns {number} their place, in floats; views made before it are void */
    reserve(floats) {
      const place = end;
      end += Math.ceil(floats / 16) * 16;
      const missing = 4 * end + 64 - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / 65536));
      return place;
    },
  };
}

/** The product, rounded after every operation: to the bit. */
function check(contender, { x, w, init }, { rows, depth, columns }) {
  const y = contender.read();
  for (const row of new Set([0, rows >> 1, rows - 1])) {
    for (let c = 0; c < columns; c++) {
      let sum = init[c];
      for (let k = 0; k < depth; k++) sum = Math.fround(sum + Math.fround(x[row * depth + k] * w[k * columns + c]));
      if (sum !== y[row * columns + c]) {
        throw new Error(`${contender.name}: expected ${sum} at row ${row}, column ${c}, got ${y[row * columns + c]}`);
      }
    }
  }
}

/** The product as docs/int8.md defines it: to the bit. */
function checkInt8(contender, { x, w, scales, init }, { rows, depth, columns }, limit) {
  const { fround } = Math;
  const y = contender.read();
  for (const row of new Set([0, rows >> 1, rows - 1])) {
    const numbers = x.subarray(row * depth, (row + 1) * depth);
    const most = numbers.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    const inverse = fround(limit / most);
    // What is added to 1.5 · 2^23 is rounded, ties to even.
    const whole = numbers.map((value) => fround(fround(fround(value * inverse) + 12582912) - 12582912));
    for (let c = 0; c < columns; c++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) sum += w[k * columns + c] * whole[k];
      const expected = fround(init[c] + fround(fround(fround(sum) * fround(most / limit)) * scales[c]));
      if (expected !== y[row * columns + c]) {
        throw new Error(
          `${contender.name}: expected ${expected} at row ${row}, column ${c}, got ${y[row * columns + c]}`,
        );
      }
    }
  }
}
