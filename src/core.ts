/**
 * congruent without its WebAssembly: bring `congruent/gru.wasm` yourself, as bytes, as a compiled module, or as the
 * response that carries it.
 *
 * @module
 */
import { expected, show } from "./errors.ts";
import { compile } from "./kernel/instantiate.ts";
import { type Kernel, kernelOf } from "./kernel/kernel.ts";
import { checkKeys, checkOption } from "./options.ts";

export * from "./api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "./kernel/layers.ts";
export type { Kernel };

/** The bytes of `congruent/gru.wasm`, or a `WebAssembly.Module` made of them. */
export type KernelSource = ArrayBuffer | ArrayBufferView | object;

/** What may be said about a kernel. */
export interface KernelOptions {
  /**
   * Makes the models where this engine's SIMD computes wrongly (tested when the first one is made), after a warning;
   * without a fallback that is an error. `congruent/reference` is one.
   */
  readonly fallback?: Kernel | undefined;
}

/**
 * A kernel from bytes or a module, at once.
 *
 * @throws CongruentError `wasm`: it is neither, or not congruent's, or the engine refuses to compile; `option`
 * @example const { createModel } = createKernel(readFileSync(path));
 */
export function createKernel(source: KernelSource, options: KernelOptions = {}): Kernel {
  checkKeys(options, ["fallback"], "createKernel");
  const { fallback } = options;
  const usable = fallback === undefined || typeof fallback?.createModel === "function";
  checkOption(usable, "createKernel.fallback", "an object with createModel", fallback);
  const { [Symbol.toStringTag]: tag, byteLength } = (source ?? {}) as {
    [Symbol.toStringTag]?: string;
    byteLength?: number;
  };
  // By tag: a module may come from another realm, where instanceof says no.
  const compiled = tag === "WebAssembly.Module";
  if (!compiled && byteLength === undefined) {
    throw expected("wasm", "source", "bytes or a WebAssembly.Module", show(source));
  }
  const module = compiled ? source : compile(source as ArrayBuffer);
  return kernelOf(() => module, fallback);
}

/**
 * A kernel from whatever carries the bytes: those of {@link createKernel}, a `Response`, or a promise of one of them.
 *
 * @throws CongruentError `wasm`: as {@link createKernel}, or the response is not ok
 * @example const { createModel } = await loadKernel(fetch("/gru.wasm"));
 */
export async function loadKernel(
  source: KernelSource | PromiseLike<KernelSource>,
  options: KernelOptions = {},
): Promise<Kernel> {
  const given = (await source) as { arrayBuffer?: () => Promise<ArrayBuffer>; ok?: boolean; status: number };
  if (given?.ok === false) throw expected("wasm", "source.status", "200", given.status);
  return createKernel((await given?.arrayBuffer?.()) ?? given, options);
}
