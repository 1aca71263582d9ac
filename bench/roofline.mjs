/** The machine's limits, measured by modules of their own (roofline.ts, roofline-int8.ts). */
import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { prime } from "./measure.mjs";

/** Iterations of a call of mulAdd: about 20 µs. */
const ITERATIONS = 12_000;
/** Iterations of a call of smallDot or wideDot. */
const TILES = 500;
/** Bytes of a pass over memory that are loaded by one call, in as many passes as it takes. */
const PASS = 2 ** 20;
/** ms until both functions are sure to be compiled for good. */
const PRIME = 500;

/** Operations of a call of the peak's contender: 12 vectors of 4, a product and a sum each. */
export const PEAK_FLOPS = ITERATIONS * 12 * 4 * 2;

/**
 * @typedef {object} Roofline
 * @property {import("./measure.mjs").Contender} peak a call of PEAK_FLOPS operations
 * @property {(kilobytes: number) => { contender: import("./measure.mjs").Contender, bytes: number }} loads reads a
 *   buffer over and over: `bytes` in a call
 */

/** @returns {Promise<Roofline>} */
export async function openRoofline() {
  const { mulAdd, load, memory } = await compile("roofline.ts");
  const base = memory.grow(1024) * 65536;
  const peak = contenderOf("peak", () => mulAdd(ITERATIONS, 0.9999, 0.0001));
  await prime(peak, PRIME);
  await prime(
    contenderOf("load", () => load(base, PASS)),
    PRIME,
  );
  return {
    peak,
    loads(kilobytes) {
      // Whole iterations of 192 bytes.
      const size = Math.floor((kilobytes * 1024) / 192) * 192;
      const passes = Math.max(1, Math.round(PASS / size));
      const call = () => {
        let total = 0;
        for (let i = 0; i < passes; i++) total += load(base, size);
        return total;
      };
      return { contender: contenderOf(`load ${kilobytes} KB`, call), bytes: size * passes };
    },
  };
}

/**
 * A peak of int8: `operations` products and sums in a call of the contender.
 *
 * @typedef {{ name: string, contender: import("./measure.mjs").Contender, operations: number }} Int8Peak
 */

/**
 * What the machine gives to products of int8: by the relaxed dot, in one instruction of WebAssembly or in smaller ones
 * (the engine's code for it decides which is quicker), and by that of plain SIMD.
 *
 * @returns {Promise<{ relaxed: Int8Peak, small: Int8Peak, plain: Int8Peak }>}
 */
export async function openInt8Roofline() {
  const { relaxedDot, smallDot, wideDot, memory } = await compile("roofline-int8.ts", "relaxed-simd");
  const base = memory.grow(1) * 65536;
  new Uint8Array(memory.buffer, base).fill(90);
  /** Calls of so many iterations that what they load is in the first-level cache. */
  const repeated = (dot) => () => {
    let sum = 0;
    for (let i = 0; i < ITERATIONS; i += TILES) sum += dot(TILES, base, -77);
    return sum;
  };
  const peak = (name, call, operations) => ({ name, contender: contenderOf(name, call), operations });
  const peaks = {
    relaxed: peak("relaxed dot", () => relaxedDot(ITERATIONS, -77, 90, 37), ITERATIONS * 12 * 16 * 2),
    small: peak("relaxed dot, of smaller instructions", repeated(smallDot), ITERATIONS * 18 * 16 * 2),
    plain: peak("plain dot", repeated(wideDot), ITERATIONS * 18 * 8 * 2),
  };
  for (const { contender } of Object.values(peaks)) await prime(contender, PRIME);
  return peaks;
}

/** A function of numbers alone, called over and over. @returns {import("./measure.mjs").Contender} */
function contenderOf(name, call) {
  let sum = 0;
  return {
    name,
    async: false,
    repeat(_, count) {
      for (let i = 0; i < count; i++) sum += call();
    },
    begin() {},
    read: () => Float32Array.of(sum),
    close() {},
  };
}

/**
 * @param {string} file AssemblyScript beside this file
 * @param {string[]} features beyond SIMD
 * @returns {Promise<any>} its exports
 */
async function compile(file, ...features) {
  const source = readFileSync(new URL(file, import.meta.url), "utf8");
  let bytes;
  const enabled = ["simd", ...features].flatMap((feature) => ["--enable", feature]);
  const { error, stderr } = await asc.main(
    [file, "--outFile", "roofline.wasm", "-O3", "--noAssert", "--runtime", "stub", ...enabled],
    {
      readFile: (name) => (name === file ? source : null),
      writeFile(name, contents) {
        if (name === "roofline.wasm") bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${file}: ${error.message}\n${stderr}`);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports;
}
