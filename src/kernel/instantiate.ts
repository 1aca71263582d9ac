import { expected } from "../errors.ts";
import type { KernelExports } from "./exports.ts";

/**
 * Bytes → module.
 *
 * @throws CongruentError `wasm`: the engine refuses them, as a content security policy without `'wasm-unsafe-eval'` does,
 * and edge runtimes that only take modules known at deployment
 */
export function compile(bytes: ArrayBuffer | ArrayBufferView): object {
  return attempt(() => new WebAssembly.Module(bytes));
}

/**
 * Module → a fresh instance. Its exports take numbers only, so there is nothing that the compiler's loader would add to
 * them (the tests go through it).
 *
 * @throws CongruentError `wasm`: it is not congruent's module, or the engine refuses it (WebKit's content security policy
 * does so only here); `memory`: there is no room for one more
 */
export function instantiate(module: object): KernelExports {
  return attempt(() => {
    const exports = new WebAssembly.Instance(module as WebAssembly.Module).exports as unknown as KernelExports;
    // Another module has none.
    exports.heapBase();
    return exports;
  });
}

/**
 * @param room what was asked for, where there is nothing else to refuse
 * @throws CongruentError of what the engine throws
 */
export function attempt<T>(make: () => T, room?: string): T {
  try {
    return make();
  } catch (cause) {
    // By name: the errors of another realm are not instances of this one's classes.
    const full = room || (cause as Error).name === "RangeError";
    const wanted = full
      ? (room ?? "memory for a model")
      : "congruent's module (if a Content-Security-Policy forbids it: 'wasm-unsafe-eval', a module for congruent/core, " +
        "or congruent/reference)";
    throw expected(full ? "memory" : "wasm", "WebAssembly", wanted, cause as Error, { cause });
  }
}
