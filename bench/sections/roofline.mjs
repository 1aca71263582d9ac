/** How much of the machine's peak each kernel reaches, measured in turn with the peak itself. */
import { openActivation, openMultiply } from "../kernel.mjs";
import { interleave } from "../measure.mjs";
import * as congruent from "../peers/congruent.mjs";
import { loadPeers } from "../peers/peer.mjs";
import { openRoofline, PEAK_FLOPS } from "../roofline.mjs";
import { sizes, squareWorkload } from "../shapes.mjs";
import { shareOf } from "../share.mjs";
import { flopsOf, makeInputs } from "../workload.mjs";

/** KB: the first-level cache, the second, the third, none of them. */
const FOOTPRINTS = [16, 256, 4096, 32768];

/** Rows of the matrix × matrix cases. */
const ROWS = 64;

/** Elements of the activations' cases: the gates of 256 units. */
const ELEMENTS = 512;

/**
 * Records: `case` peak { gflops }, load { kilobytes, gbs }, multiply and gru { units, batch, gflops, share, limit },
 * activation { nanoseconds an element }. `share` is that of the peak; `limit` the least of peak and what the load
 * bandwidth allows, as a share of the peak.
 *
 * @param {import("../options.mjs").Settings} settings
 */
export async function* run(settings) {
  await loadPeers(settings, []);
  const roofline = await openRoofline();
  const peak = { contender: roofline.peak, operations: PEAK_FLOPS };
  const { timings } = await interleave([roofline.peak], settings);
  yield { case: "peak", gflops: PEAK_FLOPS / timings[0].median / 1000 };
  /** @type {{ kilobytes: number, perFlop: number }[]} */
  const bandwidths = [];
  for (const kilobytes of FOOTPRINTS) {
    const { contender, bytes } = roofline.loads(kilobytes);
    const { timings, ratios } = await interleave([roofline.peak, contender], settings);
    bandwidths.push({ kilobytes, perFlop: bytes / ratios[1].median / PEAK_FLOPS });
    yield { case: "load", kilobytes, gbs: bytes / timings[1].median / 1000 };
  }
  for (const rows of [ROWS, 1]) {
    for (const units of sizes) {
      const { contender, flops, weights } = openMultiply({ rows, depth: units, units });
      const limit = rows === 1 ? bandwidthLimit(bandwidths, weights, flops) : 1;
      const result = await shareOf(peak, { contender, operations: flops }, settings);
      yield { case: "multiply", units, batch: rows, limit, ...result };
    }
  }
  for (const resetAfter of [true, false]) {
    for (const [batch, steps] of settings.quick
      ? [[32, 32]]
      : [
          [1, 128],
          [8, 32],
          [32, 32],
          [64, 32],
        ]) {
      for (const units of sizes) {
        const work = squareWorkload({ units, batch, steps, resetAfter, carried: false });
        const contender = congruent.open(work, makeInputs(work));
        const result = await shareOf(peak, { contender, operations: flopsOf(work) }, settings);
        yield { case: "gru", units, batch, steps, resetAfter, ...result };
      }
    }
  }
  for (const [name, code] of [
    ["sigmoid", 1],
    ["tanh", 2],
  ]) {
    const { timings } = await interleave([openActivation(code, ELEMENTS)], settings);
    yield { case: "activation", name, nanoseconds: (timings[0].median * 1000) / ELEMENTS };
  }
}

/** Weights are read once: at most as fast as the cache that holds them gives them. */
function bandwidthLimit(bandwidths, weights, flops) {
  const level = bandwidths.find(({ kilobytes }) => weights <= kilobytes * 2 * 1024) ?? bandwidths.at(-1);
  return Math.min(1, (level.perFlop * flops) / weights);
}
