/** Random numbers that are the same in every run. */

/**
 * Marsaglia's xorshift, 32 bits.
 *
 * @param {number} seed
 * @returns {() => number} uniform in [0, 1)
 */
export function seeded(seed) {
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/**
 * @param {() => number} random
 * @param {number} length
 * @param {number} bound
 * @returns {Float32Array} uniform in [-bound, bound)
 */
export function uniform(random, length, bound) {
  return Float32Array.from({ length }, () => (2 * random() - 1) * bound);
}
