// Comes before congruent: what this scope lacks, and how to see the WebAssembly memory of a model.

/** The web's names that are missing here. */
export const missing = ["fetch", "TextDecoder", "atob", "URL", "performance", "setTimeout"].filter(
  (name) => globalThis[name] === undefined,
);

let memory;
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memory = this.exports.memory;
  }
};

/** The WebAssembly memory that was made last. */
export function lastMemory() {
  return memory;
}
