/** The peers, by name. */
import { prime } from "../measure.mjs";
import { squareWorkload } from "../shapes.mjs";
import { makeInputs } from "../workload.mjs";
import * as congruent from "./congruent.mjs";
import { loop } from "./loop.mjs";
import { onnxruntimeNode, onnxruntimeWeb } from "./onnxruntime.mjs";
import { tfjsCpu, tfjsWasm } from "./tfjs.mjs";

/**
 * @typedef {object} Peer
 * @property {string} name
 * @property {(work: import("../workload.mjs").Workload, settings: import("../options.mjs").Settings) => string | null}
 *   refuses why it cannot do a workload, or is too slow to be asked; null when it can
 * @property {(work: import("../workload.mjs").Workload, inputs: import("../workload.mjs").Input[]) =>
 *   Promise<import("../measure.mjs").Contender>} open
 */

const loaders = {
  "onnxruntime-web": onnxruntimeWeb,
  "onnxruntime-node": onnxruntimeNode,
  "tfjs-wasm": tfjsWasm,
  "tfjs-cpu": tfjsCpu,
  "js-loop": loop,
};

/** What every engine runs before its first case. */
const first = [
  { units: 64, batch: 8, steps: 32, resetAfter: true, carried: false },
  { units: 64, batch: 8, steps: 32, resetAfter: false, carried: false },
  { units: 64, batch: 1, steps: 1, resetAfter: true, carried: true },
];

/**
 * Loads peers, one after the other, and lets each, and ours, run until it is compiled.
 *
 * @param {import("../options.mjs").Settings} settings
 * @param {(keyof typeof loaders)[]} [names] default: all
 * @returns {Promise<Peer[]>}
 */
export async function loadPeers(settings, names = Object.keys(loaders)) {
  const peers = [];
  for (const name of names) peers.push(await loaders[name]());
  for (const shape of first) {
    const work = squareWorkload(shape);
    const inputs = makeInputs(work);
    await prime(congruent.open(work, inputs), settings.prime);
    for (const peer of peers) {
      if (peer.refuses(work, settings) !== null) continue;
      const contender = await peer.open(work, inputs);
      await prime(contender, settings.prime);
      await contender.close();
    }
  }
  return peers;
}
