// @ts-check
import { features } from "./state.mjs";

/**
 * @typedef {object} Weights one direction, in Keras's layout: gates z, r, n side by side
 * @property {number[][]} kernel (I, 3H)
 * @property {number[][]} recurrentKernel (H, 3H)
 * @property {number[][]} bias (2, 3H): of the input and of the state; the second row is 0 unless the reset is after
 */

/**
 * The weights of a state, one set a direction. They are rounded to quarters and sixteenths, so that they can be read, and
 * are the same numbers in every language.
 *
 * @param {import("./state.mjs").State} state
 * @returns {Weights[]}
 */
export function weightsOf(state) {
  const { units, seed, resetAfter, direction } = state;
  const inputs = features(state);
  const columns = 3 * units;
  const random = generator(seed);
  const matrix = (/** @type {number} */ rows, /** @type {() => number} */ value) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, value));
  return Array.from({ length: direction === "bidirectional" ? 2 : 1 }, () => {
    if (seed === 0) {
      const [ones, zeros] = [() => 1, () => 0];
      return {
        kernel: matrix(inputs, ones),
        recurrentKernel: matrix(units, zeros),
        bias: [...matrix(1, ones), ...matrix(1, zeros)],
      };
    }
    const value = () => (Math.floor(random() * 33) - 16) / 16;
    return {
      kernel: matrix(inputs, value),
      recurrentKernel: matrix(units, value),
      bias: [...matrix(1, value), ...matrix(1, resetAfter ? value : () => 0)],
    };
  });
}

/**
 * Numbers in [0, 1): mulberry32 (Ettinger, public domain).
 *
 * @param {number} seed
 */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
