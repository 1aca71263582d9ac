// Layers with weights of a Random, small enough that most activations stay in range.

/**
 * @param {import("./random.mjs").Random} random
 * @param {object} options of a GRU, over the defaults: both biases, every step returned
 */
export function gruOptions(random, inputs, units, options = {}) {
  return {
    units,
    kernel: random.tensor([inputs, 3 * units], 0.5),
    recurrentKernel: random.tensor([units, 3 * units], units > 8 ? 0.125 : 0.5),
    bias: random.tensor([3 * units], 0.5),
    recurrentBias: random.tensor([3 * units], 0.25),
    returnSequences: true,
    ...options,
  };
}

/** @param {object} options of a dense layer, over the default: with a bias */
export function denseOptions(random, inputs, units, options = {}) {
  return {
    units,
    kernel: random.tensor([inputs, units], 0.5),
    bias: random.tensor([units], 0.5),
    ...options,
  };
}
