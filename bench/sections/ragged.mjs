/** Batches whose rows differ in length, and what the same rows cost padded. */
import { interleave } from "../measure.mjs";
import * as congruent from "../peers/congruent.mjs";
import { loadPeers } from "../peers/peer.mjs";
import { lengthsOf } from "../shapes.mjs";
import { median } from "../statistics.mjs";
import { versus } from "../versus.mjs";
import { gruLayer, makeInputs, workload } from "../workload.mjs";

/** Peers that take lengths. */
const names = ["onnxruntime-web", "onnxruntime-node", "js-loop"];

/**
 * Records, each with { units, batch, steps, kind, valid }: a {@link import("../versus.mjs").Result} for every peer; and
 * { compared: "padded", ours, theirs, ratio }, our own padded batch; and { compared: "dense", cost }, the time of a valid
 * step over that of a step of a dense batch with as many of them.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run(settings) {
  const peers = await loadPeers(settings, names);
  for (const [units, batch, steps] of settings.quick
    ? [[128, 64, 128]]
    : [
        [128, 64, 128],
        [32, 64, 128],
        [512, 32, 64],
      ]) {
    for (const kind of /** @type {const} */ (["full", "uniform", "zipf"])) {
      const lengths = lengthsOf(kind, batch, steps);
      const valid = lengths.reduce((sum, length) => sum + length, 0);
      const common = { units, batch, steps, kind, valid };
      const chain = [[gruLayer(units, units)]];
      const ragged = workload(`H=${units} B=${batch} T=${steps}, lengths ${kind}`, chain, { batch, steps, lengths });
      for await (const result of versus(ragged, peers, settings)) yield { ...common, ...result };
      const ours = open(ragged);
      const padded = await interleave([ours, open({ ...ragged, lengths: null })], settings);
      const [{ 0: mine, 1: theirs }, ratio] = [padded.timings, padded.ratios[1]];
      yield { ...common, case: ragged.name, compared: "padded", ours: mine, theirs, ratio };
      const fewer = Math.max(1, Math.round(valid / batch));
      const dense = open({ ...ragged, lengths: null, steps: fewer });
      const { times } = await interleave([ours, dense], settings);
      const costs = times[0].map((time, round) => time / valid / (times[1][round] / (batch * fewer)));
      yield { ...common, case: ragged.name, compared: "dense", cost: median(costs) };
    }
  }
}

/** @param {import("../workload.mjs").Workload} work */
function open(work) {
  return congruent.open(work, makeInputs(work));
}
