/** The machine's limits, measured by a module of their own (roofline.ts). */
import { readFileSync } from "node:fs";
import asc from "assemblyscript/asc";
import { prime } from "./measure.mjs";

/** Iterations of a call of mulAdd: about 20 µs. */
const ITERATIONS = 12_000;
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
  const { mulAdd, load, memory } = new WebAssembly.Instance(new WebAssembly.Module(await compile())).exports;
  const base = memory.grow(1024) * 65536;
  let sum = 0;
  const contender = (name, call) => ({
    name,
    async: false,
    repeat(_, count) {
      for (let i = 0; i < count; i++) sum += call();
    },
    begin() {},
    read: () => Float32Array.of(sum),
    close() {},
  });
  const repeatLoad = (count) => {
    for (let i = 0; i < count; i++) sum += load(base, PASS);
  };
  const peak = contender("peak", () => mulAdd(ITERATIONS, 0.9999, 0.0001));
  await prime(peak, PRIME);
  await prime({ repeat: (_, count) => repeatLoad(count) }, PRIME);
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
      return { contender: contender(`load ${kilobytes} KB`, call), bytes: size * passes };
    },
  };
}

async function compile() {
  const source = readFileSync(new URL("roofline.ts", import.meta.url), "utf8");
  let bytes;
  const { error, stderr } = await asc.main(
    ["roofline.ts", "--outFile", "roofline.wasm", "-O3", "--noAssert", "--runtime", "stub", "--enable", "simd"],
    {
      readFile: (name) => (name === "roofline.ts" ? source : null),
      writeFile(name, contents) {
        if (name === "roofline.wasm") bytes = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`roofline.ts: ${error.message}\n${stderr}`);
  return bytes;
}
