/** GRUs in int8, at both precisions and by both modules, beside native and WebAssembly f32. */
import { readFileSync } from "node:fs";
import { createKernel } from "../../dist/core.js";
import { createModel, quantize } from "../../dist/int8.js";
import { openMultiply, openMultiplyInt8 } from "../kernel.mjs";
import { interleave, prime } from "../measure.mjs";
import * as congruent from "../peers/congruent.mjs";
import { loadPeers } from "../peers/peer.mjs";
import { openInt8Roofline } from "../roofline.mjs";
import { squareWorkload } from "../shapes.mjs";
import { shareOf } from "../share.mjs";
import { against } from "../versus.mjs";
import { flopsOf, makeInputs } from "../workload.mjs";

/** Outputs of int8 are those of f32 within this: no measure of its accuracy, only of being the same network. */
const TOLERANCE = 0.1;

const SIZES = [128, 256, 512];

const plain = createKernel(new Uint8Array(readFileSync(new URL("../../dist/int8-plain.wasm", import.meta.url))));

/** @type {Record<string, (layers: import("../../dist/index.js").Layer[]) => import("../../dist/index.js").Model>} */
const engines = { "relaxed SIMD": createModel, "plain SIMD": (layers) => plain.createModel(layers) };

/** Rows of the matrix × matrix cases. */
const ROWS = 64;

/**
 * Records: `case` peak { name, gflops }, multiply { units, batch, precision, engine, gflops, share, f32: times as fast as
 * f32's }, and those of {@link runGrus}. `share` is that of the quickest way to the same products: the relaxed dot, or the
 * smaller instructions that it is made of; or the plain dot.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run(settings) {
  await loadPeers(settings, []);
  const { relaxed, small, plain: wide } = await openInt8Roofline();
  const { timings } = await interleave([relaxed.contender, small.contender, wide.contender], settings);
  const rates = [relaxed, small, wide].map(({ operations }, i) => operations / timings[i].median / 1000);
  for (const [i, { name }] of [relaxed, small, wide].entries()) yield { case: "peak", name, gflops: rates[i] };
  const peaks = { int8: rates[0] > rates[1] ? relaxed : small, "int8-plain": wide };
  for (const batch of [ROWS, 1]) {
    for (const units of SIZES) {
      for (const [module, precision] of /** @type {const} */ ([
        ["int8", 7],
        ["int8", 14],
        ["int8-plain", 7],
      ])) {
        const kernel = openMultiplyInt8({ rows: batch, depth: units, units, precision, module });
        await prime(kernel.contender, settings.prime);
        const result = await shareOf(precision === 7 ? peaks[module] : wide, kernel, settings);
        const f32 = openMultiply({ rows: batch, depth: units, units });
        const { ratios } = await interleave([kernel.contender, f32.contender], settings);
        const engine = module === "int8" ? "relaxed SIMD" : "plain SIMD";
        yield { case: "multiply", units, batch, precision, engine, ...result, f32: ratios[1] };
      }
    }
  }
  yield* runGrus(settings);
}

/**
 * Records: { units, batch, steps, carried, precision, engine } and a {@link import("../versus.mjs").Result}; the peer
 * `congruent f32` is the default entry.
 *
 * @param {import("../options.mjs").Settings} settings
 */
async function* runGrus(settings) {
  const peers = await loadPeers(settings, ["onnxruntime-web", "onnxruntime-node"]);
  const f32 = { name: "congruent f32", refuses: () => null, open: congruent.open };
  for (const shape of [
    { batch: 1, steps: 128, carried: false },
    { batch: 1, steps: 1, carried: true },
    { batch: 32, steps: 32, carried: false },
  ]) {
    for (const units of settings.quick ? SIZES.slice(0, 2) : SIZES) {
      const work = squareWorkload({ ...shape, units, resetAfter: true });
      const inputs = makeInputs(work);
      for (const precision of [7, 14]) {
        for (const [engine, make] of Object.entries(engines)) {
          const ours = congruent.open(work, inputs, (layers) => make(quantize(layers, { precision })));
          for (const peer of engine === "plain SIMD" ? [f32] : [f32, ...peers]) {
            const theirs = await peer.open(work, inputs);
            const result = await against(ours, theirs, work.carried, settings, TOLERANCE);
            yield {
              ...shape,
              units,
              precision,
              engine,
              case: work.name,
              peer: peer.name,
              flops: flopsOf(work),
              ...result,
            };
            await theirs.close();
          }
        }
      }
    }
  }
}
