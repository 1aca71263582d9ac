import { demangle } from "@assemblyscript/loader";
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
 * Module → a fresh instance, with its raw exports. The loader says what they are called in AssemblyScript; its wrappers
 * are for optional arguments and objects, of which there are none here.
 *
 * @throws CongruentError `wasm`: it is not congruent's module
 */
export function instantiate(module: object): KernelExports {
  try {
    const { exports } = new WebAssembly.Instance(module as WebAssembly.Module);
    if (typeof demangle<Partial<KernelExports>>(exports).gru !== "function")
      throw new TypeError("it has no export gru");
    return exports as unknown as KernelExports;
  } catch (cause) {
    throw new CongruentError("wasm", `WebAssembly: expected congruent's module, got ${String(cause)}`, { cause });
  }
}
