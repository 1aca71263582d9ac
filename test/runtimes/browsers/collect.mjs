/**
 * Lets go of dead models where the engine has been asked to allow that. A WebAssembly memory is 8 GB of address space in
 * Chromium, whose processes have room for 124; the suite makes more, and a scope that runs out collects its own garbage
 * but not that of the page's other scopes.
 */
export function collect() {
  globalThis.gc?.();
}
