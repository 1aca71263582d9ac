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
    const { exports } = new WebAssembly.Instance(module as WebAssembly.Module);
    if (typeof exports.gru !== "function") throw new TypeError("it has no export gru");
    return exports as unknown as KernelExports;
  } catch (cause) {
    // By name: the errors of another realm are not instances of this one's classes.
    const { name } = cause as Error;
    if (name === "CompileError" || name === "EvalError") throw refusal(cause);
    const full = name === "RangeError";
    const wanted = full ? "room for another model" : "congruent's module";
    const code = full ? "memory" : "wasm";
    throw expected(code, "WebAssembly", wanted, String(cause), { cause });
  }
}

function refusal(cause: unknown): CongruentError {
  const ways =
    "Where a policy forbids it: allow 'wasm-unsafe-eval' in the Content-Security-Policy, give congruent/core a compiled " +
    "module, or use congruent/reference";
  return expected("wasm", "WebAssembly", "to compile congruent's module", `${String(cause)}. ${ways}`, { cause });
}
