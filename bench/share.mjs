/** What a kernel reaches of a peak, both timed in turn. */
import { interleave } from "./measure.mjs";

/**
 * @param {{ contender: import("./measure.mjs").Contender, operations: number }} peak operations of one of its calls
 * @param {{ contender: import("./measure.mjs").Contender, operations: number }} kernel
 * @param {import("./options.mjs").Settings} settings
 * @returns {Promise<{ microseconds: import("./measure.mjs").Timing, gflops: number,
 *   share: { median: number, p1: number, p99: number }, rounds: number }>} gflops: 10⁹ operations a second
 */
export async function shareOf(peak, { contender, operations }, settings) {
  const { timings, ratios, rounds } = await interleave([contender, peak.contender], settings);
  const scale = operations / peak.operations;
  const { median, p1, p99 } = ratios[1];
  return {
    microseconds: timings[0],
    gflops: operations / timings[0].median / 1000,
    share: { median: median * scale, p1: p1 * scale, p99: p99 * scale },
    rounds,
  };
}
