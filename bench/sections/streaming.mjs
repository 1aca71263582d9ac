/** What it costs to go step by step. */

import { createModel } from "../../dist/index.js";
import { compare } from "../compare.mjs";
import { interleave } from "../measure.mjs";
import * as congruent from "../peers/congruent.mjs";
import { loadPeers } from "../peers/peer.mjs";
import { median } from "../statistics.mjs";
import { gruLayer, makeInputs, workload } from "../workload.mjs";

/** Units and steps: a single unit first, whose arithmetic is next to nothing. */
const cases = [
  [1, 1000],
  [8, 1000],
  [32, 128],
  [128, 128],
  [512, 128],
];

/**
 * Records: { units, steps, step, inside, overhead }, nanoseconds: a step of a stream, a step within a run over the whole
 * sequence, and the difference, round by round. Both give the same bits.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run(settings) {
  await loadPeers(settings, []);
  for (const [units, steps] of cases) {
    const work = workload(`H=${units}, ${steps} steps`, [[gruLayer(units, units)]], { steps });
    const inputs = makeInputs(work);
    const whole = congruent.open(work, inputs);
    const stepped = openSteps(work, inputs);
    await compare(whole, stepped, false, 0);
    const { times } = await interleave([stepped, whole], settings);
    const [step, inside] = times.map((samples) => samples.map((time) => (time * 1000) / steps));
    yield {
      case: work.name,
      units,
      steps,
      step: median(step),
      inside: median(inside),
      overhead: median(step.map((time, round) => time - inside[round])),
    };
  }
}

/**
 * A stream that goes through a whole sequence in a call.
 *
 * @returns {import("../measure.mjs").Contender}
 */
function openSteps({ chains, steps }, inputs) {
  const [{ inputs: width, units }] = chains[0];
  const stream = createModel(chains[0].map(congruent.toLayer)).stream();
  const frames = inputs.map(([data]) =>
    Array.from({ length: steps }, (_, t) => data.subarray(t * width, (t + 1) * width)),
  );
  const out = new Float32Array(steps * units);
  const outs = Array.from({ length: steps }, (_, t) => out.subarray(t * units, (t + 1) * units));
  const mask = inputs.length - 1;
  return {
    name: "stream",
    async: false,
    begin() {},
    repeat(first, count) {
      for (let call = first; call < first + count; call++) {
        const sequence = frames[call & mask];
        stream.reset();
        for (let t = 0; t < steps; t++) stream.step(sequence[t], outs[t]);
      }
    },
    read: () => out,
    close() {},
  };
}
