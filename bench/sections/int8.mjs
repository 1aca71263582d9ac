/** GRUs in int8, at both precisions and by both modules, beside native and WebAssembly f32. */
import { readFileSync } from "node:fs";
import { createKernel } from "../../dist/core.js";
import { createModel, quantize } from "../../dist/int8.js";
import * as congruent from "../peers/congruent.mjs";
import { loadPeers } from "../peers/peer.mjs";
import { squareWorkload } from "../shapes.mjs";
import { against } from "../versus.mjs";
import { flopsOf, makeInputs } from "../workload.mjs";

/** Outputs of int8 are those of f32 within this: no measure of its accuracy, only of being the same network. */
const TOLERANCE = 0.1;

const SIZES = [128, 256, 512];

const plain = createKernel(new Uint8Array(readFileSync(new URL("../../dist/int8-plain.wasm", import.meta.url))));

/** @type {Record<string, (layers: import("../../dist/index.js").Layer[]) => import("../../dist/index.js").Model>} */
const engines = { "relaxed SIMD": createModel, "plain SIMD": (layers) => plain.createModel(layers) };

/**
 * Records: { units, batch, steps, carried, precision, engine } and a {@link import("../versus.mjs").Result}; the peer
 * `congruent f32` is the default entry.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run(settings) {
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
