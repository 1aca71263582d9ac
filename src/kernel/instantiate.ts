import { type CongruentError, expected } from "../errors.ts";
import type { KernelExports } from "./exports.ts";

/**
 * Bytes → module.
 *
 * @throws CongruentError `wasm`: the engine refuses them, as a content security policy without `'wasm-unsafe-eval'` does,
 * and edge runtimes that only take modules known at deployment
 */
export function compile(bytes: ArrayBuffer | ArrayBufferView): object {
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw refusal(cause);
  }
}

/**
 * Module → a fresh instance. Its exports take numbers only, so there is nothing that the compiler's loader would add to
 * them (the tests go through it).
 *
 * @throws CongruentError `wasm`: it is not congruent's module, or the engine refuses it (WebKit's content security policy
 * does so only here); `memory`: there is no room for one more
 */
export function instantiate(module: object): KernelExports {
  try {
    const exports = new WebAssembly.Instance(module as WebAssembly.Module).exports as unknown as KernelExports;
    // Another module has none.
    exports.heapBase();
    return exports;
  } catch (cause) {
    throw refusal(cause);
  }
}

function refusal(cause: unknown): CongruentError {
  // By name: the errors of another realm are not instances of this one's classes.
  const { name } = cause as Error;
  const given = String(cause);
  if (name === "RangeError") return expected("memory", "WebAssembly", "room for another model", given, { cause });
  const ways =
    ". If a policy forbids it: 'wasm-unsafe-eval' in the Content-Security-Policy, a module for congruent/core, " +
    "or congruent/reference";
  return expected("wasm", "WebAssembly", "congruent's module or its bytes", given + ways, { cause });
}
