import "./text-decoder.ts";
import { instantiateSync } from "@assemblyscript/loader";
import { CongruentError } from "../errors.ts";
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
    throw new CongruentError(
      "wasm",
      `WebAssembly: expected to compile congruent's module, got ${String(cause)}. Where a policy forbids it: allow ` +
        `'wasm-unsafe-eval' in the Content-Security-Policy, give congruent/core a compiled module, or use congruent/reference`,
      { cause },
    );
  }
}

/**
 * Module → a fresh instance, with its raw exports: the loader's wrappers are for strings and objects, of which there are
 * none here.
 *
 * @throws CongruentError `wasm`: it is not congruent's module
 */
export function instantiate(module: object): KernelExports {
  try {
    // The loader tells a module by instanceof, which fails for one from another realm (edge runtimes hand those in).
    const own = Object.setPrototypeOf(module, WebAssembly.Module.prototype) as never;
    const { instance } = instantiateSync(own, {});
    const exports = instance.exports as unknown as KernelExports;
    if (typeof exports.gru !== "function") throw new TypeError("it has no export gru");
    return exports;
  } catch (cause) {
    throw new CongruentError("wasm", `WebAssembly: expected congruent's module, got ${String(cause)}`, { cause });
  }
}
