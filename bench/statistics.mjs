/** Order statistics of samples. */

/**
 * @typedef {object} Summary
 * @property {number} median
 * @property {number} p1
 * @property {number} p99
 */

/**
 * @param {number[]} samples
 * @returns {Summary}
 */
export function summarize(samples) {
  const sorted = Float64Array.from(samples).sort();
  return { median: quantile(sorted, 0.5), p1: quantile(sorted, 0.01), p99: quantile(sorted, 0.99) };
}

/** @param {number[]} samples */
export function median(samples) {
  return summarize(samples).median;
}

/**
 * By linear interpolation between the two samples nearest.
 *
 * @param {Float64Array} sorted
 * @param {number} q 0 to 1
 */
function quantile(sorted, q) {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
