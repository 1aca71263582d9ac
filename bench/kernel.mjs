/** The kernel's exports called directly: `multiply` alone, over weights that its own `pack` laid out. */
import { readFileSync } from "node:fs";
import { seeded, uniform } from "./seeded.mjs";

const bytes = readFileSync(new URL("../dist/gru.wasm", import.meta.url));

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
  const { exports, memory, reserve } = instance();
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
  floats.set(data.x, x >> 2);
  floats.set(data.init, init >> 2);
  floats.set(data.w, source >> 2);
  exports.pack(source, columns, 0, depth, depth, 3, units, w);
  const contender = {
    name: `multiply ${rows}×${depth}×${columns}`,
    async: false,
    repeat(_, count) {
      for (let i = 0; i < count; i++) {
        exports.multiply(x, NO_INDEX, depth * 4, rows, w, depth, columns / LANES, init, y, columns * 4);
      }
    },
    begin() {},
    read: () => floats.slice(y >> 2, (y >> 2) + rows * columns),
    close() {},
  };
  contender.repeat(0, 1);
  check(contender, data, { rows, depth, columns });
  return { contender, flops: 2 * rows * depth * columns, weights: 4 * depth * columns };
}

/**
 * An activation over a vector of numbers in place.
 *
 * @param {number} code
 * @param {number} count a multiple of 4
 * @returns {import("./measure.mjs").Contender}
 */
export function openActivation(code, count) {
  const { exports, memory, reserve } = instance();
  const pointer = reserve(count);
  const values = uniform(seeded(2), count, 4);
  const view = new Float32Array(memory.buffer, pointer, count);
  view.set(values);
  return {
    name: `activation ${code}`,
    async: false,
    repeat(_, calls) {
      // Over their own results the functions come to rest, far from numbers that would take another way.
      view.set(values);
      for (let i = 0; i < calls; i++) exports.activate(code, pointer, count / LANES, 0, 0);
    },
    begin() {},
    read: () => view.slice(),
    close() {},
  };
}

function instance() {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { memory } = exports;
  let end = exports.heapBase();
  return {
    exports,
    memory,
    /** @param {number} floats @returns {number} their address; views made before it are void */
    reserve(floats) {
      const address = Math.ceil(end / 64) * 64;
      end = address + floats * 4;
      const missing = end + 64 - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / 65536));
      return address;
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
