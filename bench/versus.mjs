/** One workload: ours beside every peer that can do it. */
import { compare } from "./compare.mjs";
import { interleave } from "./measure.mjs";
import * as congruent from "./peers/congruent.mjs";
import { flopsOf, makeInputs } from "./workload.mjs";

/**
 * @typedef {object} Result
 * @property {string} case
 * @property {string} peer
 * @property {number} flops of one call
 * @property {import("./measure.mjs").Timing} [ours] µs a call
 * @property {import("./measure.mjs").Timing} [theirs] µs a call
 * @property {import("./statistics.mjs").Summary} [ratio] theirs / ours, round by round
 * @property {number} [rounds]
 * @property {number} [difference] of the outputs
 * @property {string} [skipped] why it was not measured
 * @property {string} [failed] the error that stopped it
 */

/**
 * @param {import("./workload.mjs").Workload} work
 * @param {import("./peers/peer.mjs").Peer[]} peers
 * @param {import("./options.mjs").Settings} settings
 * @returns {AsyncGenerator<Result>}
 */
export async function* versus(work, peers, settings) {
  const inputs = makeInputs(work);
  const ours = congruent.open(work, inputs);
  for (const peer of peers) {
    const common = { case: work.name, peer: peer.name, flops: flopsOf(work) };
    const skipped = peer.refuses(work, settings);
    if (skipped) {
      yield { ...common, skipped };
      continue;
    }
    try {
      const theirs = await peer.open(work, inputs);
      yield { ...common, ...(await against(ours, theirs, work.carried, settings)) };
      await theirs.close();
    } catch (error) {
      yield { ...common, failed: String(error) };
    }
  }
}

/**
 * Compares, then measures.
 *
 * @param {import("./measure.mjs").Contender} ours
 * @param {import("./measure.mjs").Contender} theirs
 * @param {boolean} carried
 * @param {import("./options.mjs").Settings} settings
 * @param {number} [tolerance]
 * @returns {Promise<Pick<Result, "ours" | "theirs" | "ratio" | "rounds" | "difference">>}
 */
export async function against(ours, theirs, carried, settings, tolerance) {
  const difference = await compare(ours, theirs, carried, tolerance);
  const { timings, ratios, rounds } = await interleave([ours, theirs], settings);
  return { ours: timings[0], theirs: timings[1], ratio: ratios[1], rounds, difference };
}
