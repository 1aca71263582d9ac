// @ts-check
import { checkState } from "./state.mjs";

/**
 * A state as the part of an address behind `#`. Readable JSON, percent-encoded only where an address has to be.
 *
 * @param {import("./state.mjs").State} state
 */
export function toHash(state) {
  return `#${encodeURIComponent(JSON.stringify(state)).replaceAll("%22", "'").replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
}

/**
 * @param {string} hash
 * @returns {import("./state.mjs").State | null} null where there is none
 * @throws Error where it is damaged
 */
export function fromHash(hash) {
  if (hash.length < 2) return null;
  return checkState(JSON.parse(decodeURIComponent(hash.slice(1).replaceAll("'", "%22"))));
}
