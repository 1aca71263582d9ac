/** Token ids through a table of projections, beside the same numbers as dense features. */
import * as congruent from "../peers/congruent.mjs";
import { loadPeers } from "../peers/peer.mjs";
import { languageId } from "../shapes.mjs";
import { against } from "../versus.mjs";
import { makeInputs, workload } from "../workload.mjs";

const STEPS = 64;

/**
 * Records: { case, batch, ours, theirs, ratio }: with the table, without it, and how many times faster it makes the
 * model. The outputs are the same bits.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run(settings) {
  await loadPeers(settings, []);
  for (const batch of [1, 64]) {
    const chains = languageId();
    const tokens = workload(`language id, B=${batch} T=${STEPS}`, chains, { batch, steps: STEPS });
    const ids = makeInputs(tokens);
    const [embedding, ...rest] = chains[0];
    const features = workload(tokens.name, [rest], { batch, steps: STEPS });
    const withTable = congruent.open(tokens, ids);
    const without = congruent.open(
      features,
      ids.map((input) => [lookUp(embedding, input[0])]),
    );
    yield { case: tokens.name, batch, ...(await against(withTable, without, false, settings, 0)) };
  }
}

/** @returns {Float32Array} the rows of an embedding */
function lookUp({ features, weights }, ids) {
  const rows = new Float32Array(ids.length * features);
  for (const [cell, id] of ids.entries()) {
    rows.set(weights.subarray(id * features, (id + 1) * features), cell * features);
  }
  return rows;
}
