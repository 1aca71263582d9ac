// @ts-check
/**
 * Everything that the page can be set to, as one plain object. The address bar holds it, presets are examples of it, and
 * what is shown is computed from nothing else.
 *
 * @typedef {object} State
 * @property {number[][]} inputs (B, T): a number each, or a token id where there is a table
 * @property {number[][] | null} table (V, I): the embedding of the token ids; null: the numbers are the features
 * @property {number | null} maskValue a step whose features all equal it is masked (keras.layers.Masking); null: the mask
 *   is the one below
 * @property {number[]} lengths (B): what frameworks that take lengths are given
 * @property {boolean[][]} mask (B, T): what frameworks that take masks are given, unless there is a maskValue
 * @property {number[]} initialState (B): for every unit of the row
 * @property {number} units H
 * @property {"forward" | "backwards" | "bidirectional"} direction
 * @property {boolean} resetAfter
 * @property {string} activation
 * @property {string} recurrentActivation
 * @property {number} seed of the random weights; 0: kernels and biases of ones and recurrent kernels of zeros, as in the
 *   question that this page is about
 */

/** Names that all of the frameworks with a choice have, and congruent. */
export const activations = ["tanh", "sigmoid", "relu", "linear", "softsign", "elu"];

/** What a page can show at a time. */
export const limits = { rows: 6, steps: 8, units: 3 };

/**
 * Refuses what is not a state: the address bar is anybody's.
 *
 * @param {unknown} value
 * @returns {State}
 * @throws Error that says what is wrong
 */
export function checkState(value) {
  const state = /** @type {State} */ (value);
  const is = (/** @type {unknown} */ condition, /** @type {string} */ what) => {
    if (!condition) throw new Error(`not a state of this page: ${what}`);
  };
  is(typeof value === "object" && value !== null, "not an object");
  const { inputs, table, maskValue, lengths, mask, initialState, units, direction, seed } = state;
  is(isTable(inputs) && inputs.length <= limits.rows && inputs[0].length <= limits.steps, "inputs");
  const rows = inputs.length;
  const steps = inputs[0].length;
  is(table === null || (isTable(table) && table.length <= 16 && table[0].length <= 4), "table");
  if (table)
    is(
      inputs.flat().every((id) => Number.isInteger(id) && id >= 0 && id < table.length),
      "a token id",
    );
  is(maskValue === null || Number.isFinite(maskValue), "maskValue");
  is(
    isRow(lengths, rows) && lengths.every((length) => Number.isInteger(length) && length >= 0 && length < 100),
    "lengths",
  );
  is(Array.isArray(mask) && mask.length === rows, "mask");
  is(
    mask.every((row) => Array.isArray(row) && row.length === steps && row.every((valid) => typeof valid === "boolean")),
    "mask",
  );
  is(isRow(initialState, rows), "initialState");
  is(Number.isInteger(units) && units >= 1 && units <= limits.units, "units");
  is(["forward", "backwards", "bidirectional"].includes(direction), "direction");
  is(typeof state.resetAfter === "boolean", "resetAfter");
  is(activations.includes(state.activation) && activations.includes(state.recurrentActivation), "activations");
  is(Number.isInteger(seed) && seed >= 0 && seed < 1e6, "seed");
  return state;
}

/** @param {unknown} row @param {number} size @returns {row is number[]} */
function isRow(row, size) {
  return Array.isArray(row) && row.length === size && row.every((value) => Number.isFinite(value));
}

/** @param {unknown} rows @returns {rows is number[][]} */
function isTable(rows) {
  return (
    Array.isArray(rows) && rows.length > 0 && rows[0]?.length > 0 && rows.every((row) => isRow(row, rows[0].length))
  );
}

/** The mask that lengths stand for. @param {State} state @returns {boolean[][]} (B, T) */
export function maskOfLengths({ lengths, inputs }) {
  return inputs.map((row, b) => row.map((_, t) => t < lengths[b]));
}

/** The mask that frameworks with masks see. @param {State} state @returns {boolean[][]} (B, T) */
export function effectiveMask({ inputs, table, maskValue, mask }) {
  if (maskValue === null) return mask;
  return inputs.map((row) =>
    row.map((value) => !(table ? table[value] : [value]).every((x) => Math.fround(x) === Math.fround(maskValue))),
  );
}

/** Features of a step, I. @param {State} state */
export function features({ table }) {
  return table ? table[0].length : 1;
}
