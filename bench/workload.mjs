/** What every engine is asked to compute: layers with weights in Keras's layout, and the batch's size. */
import { seeded, uniform } from "./seeded.mjs";

/**
 * @typedef {object} Gru
 * @property {"gru"} kind
 * @property {number} inputs
 * @property {number} units
 * @property {boolean} resetAfter
 * @property {"tanh" | "relu"} activation of the candidate; the gates' is sigmoid
 * @property {boolean} returnSequences
 * @property {Float32Array} kernel (I, 3H), gates z|r|n
 * @property {Float32Array} recurrentKernel (H, 3H)
 * @property {Float32Array} bias (3H)
 * @property {Float32Array | null} recurrentBias (3H), reset after only
 */

/** @typedef {{ kind: "bidirectional", forward: Gru, backward: Gru }} Bidirectional outputs are concatenated */
/** @typedef {{ kind: "embedding", vocabulary: number, features: number, weights: Float32Array }} Embedding */
/** @typedef {{ kind: "dense", inputs: number, units: number, kernel: Float32Array, bias: Float32Array }} Dense softmax */
/** @typedef {Gru | Bidirectional | Embedding | Dense} Layer */

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {Layer[][]} chains stacks that are run one after the other, each on an input of its own
 * @property {number} batch
 * @property {number} steps
 * @property {boolean} carried one step a call, whose states are the next call's initial states
 * @property {Int32Array | null} lengths (B)
 */

/** @typedef {(Float32Array | Int32Array)[]} Input by chain: (B, T, I) features or (B, T) ids */

let seed = 0;

/**
 * @param {number} inputs
 * @param {number} units
 * @param {Partial<Pick<Gru, "resetAfter" | "activation" | "returnSequences">>} options default: reset after, tanh,
 *   sequences
 * @returns {Gru}
 */
export function gruLayer(inputs, units, { resetAfter = true, activation = "tanh", returnSequences = true } = {}) {
  const random = seeded(seed++);
  return {
    kind: "gru",
    inputs,
    units,
    resetAfter,
    activation,
    returnSequences,
    kernel: uniform(random, inputs * 3 * units, 1 / Math.sqrt(inputs)),
    recurrentKernel: uniform(random, units * 3 * units, 1 / Math.sqrt(units)),
    bias: uniform(random, 3 * units, 0.5),
    recurrentBias: resetAfter ? uniform(random, 3 * units, 0.5) : null,
  };
}

/**
 * @param {number} inputs
 * @param {number} units of each direction
 * @param {Parameters<typeof gruLayer>[2]} options
 * @returns {Bidirectional}
 */
export function bidirectionalLayer(inputs, units, options) {
  return {
    kind: "bidirectional",
    forward: gruLayer(inputs, units, options),
    backward: gruLayer(inputs, units, options),
  };
}

/**
 * @param {number} vocabulary
 * @param {number} features
 * @returns {Embedding}
 */
export function embeddingLayer(vocabulary, features) {
  return { kind: "embedding", vocabulary, features, weights: uniform(seeded(seed++), vocabulary * features, 1) };
}

/**
 * @param {number} inputs
 * @param {number} units
 * @returns {Dense}
 */
export function denseLayer(inputs, units) {
  const random = seeded(seed++);
  const kernel = uniform(random, inputs * units, 1 / Math.sqrt(inputs));
  return { kind: "dense", inputs, units, kernel, bias: uniform(random, units, 0.5) };
}

/**
 * @param {string} name
 * @param {Layer[][]} chains
 * @param {{ batch?: number, steps?: number, carried?: boolean, lengths?: Int32Array | null }} size
 * @returns {Workload}
 */
export function workload(name, chains, { batch = 1, steps = 1, carried = false, lengths = null }) {
  return { name, chains, batch, steps, carried, lengths };
}

/** Bytes of inputs that a case may rotate through. */
const INPUT_BYTES = 2 ** 26;

/**
 * Inputs to rotate through: 8, or fewer (a power of two) where they are large.
 *
 * @param {Workload} work
 * @returns {Input[]}
 */
export function makeInputs({ chains, batch, steps }) {
  const cells = batch * steps;
  const bytes = 4 * cells * chains.reduce((sum, [first]) => sum + widthOf(first), 0);
  let count = 8;
  while (count > 1 && count * bytes > INPUT_BYTES) count /= 2;
  const random = seeded(1000);
  return Array.from({ length: count }, () =>
    chains.map(([first]) =>
      first.kind === "embedding"
        ? Int32Array.from({ length: cells }, () => Math.floor(random() * first.vocabulary))
        : uniform(random, cells * widthOf(first), 1),
    ),
  );
}

/** @param {Layer} first numbers of one step's input */
export function widthOf(first) {
  if (first.kind === "embedding") return 1;
  return first.kind === "bidirectional" ? first.forward.inputs : first.inputs;
}

/**
 * The GRUs of a layer.
 *
 * @param {Layer} layer
 * @returns {Gru[]}
 */
export function directionsOf(layer) {
  if (layer.kind === "gru") return [layer];
  return layer.kind === "bidirectional" ? [layer.forward, layer.backward] : [];
}

/**
 * Floating-point operations of the matrix products over valid steps, activations and gates not counted.
 *
 * @param {Workload} work
 */
export function flopsOf({ chains, batch, steps, lengths }) {
  const cells = lengths?.reduce((sum, length) => sum + length, 0) ?? batch * steps;
  const weights = chains
    .flat()
    .flatMap(directionsOf)
    .map(({ inputs, units }) => 3 * units * (inputs + units));
  return 2 * cells * weights.reduce((sum, count) => sum + count, 0);
}
