/**
 * congruent without its WebAssembly: bring `congruent/gru.wasm` yourself, as bytes, as a compiled module, or as the
 * response that carries it.
 *
 * @module
 */
import { expected, show } from "./errors.ts";
import { kernelEngine } from "./kernel/engine.ts";
import { compile } from "./kernel/instantiate.ts";
import type { Layer } from "./layers/layer.ts";
import { createModelWith, type Model } from "./model/model.ts";

export * from "./api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "./kernel/layers.ts";

/** The bytes of `congruent/gru.wasm`, or a `WebAssembly.Module` made of them. */
export type KernelSource = ArrayBuffer | ArrayBufferView | object;

/** What a kernel gives: models. */
export interface Kernel {
  /** As `createModel` of the entry `congruent`. */
  createModel(layers: readonly Layer[]): Model;
}

/**
 * A kernel from bytes or a module, at once.
 *
 * @throws CongruentError `wasm`: it is neither, or not congruent's, or the engine refuses to compile
 * @example const { createModel } = createKernel(readFileSync(path));
 */
export function createKernel(source: KernelSource): Kernel {
  // By tag: a module may come from another realm, where instanceof says no.
  const tag = Object.prototype.toString.call(source);
  let module: object;
  if (tag === "[object WebAssembly.Module]") module = source;
  else if (ArrayBuffer.isView(source) || tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]") {
    module = compile(source as ArrayBuffer);
  } else throw expected("wasm", "source", "bytes or a WebAssembly.Module", show(source));
  const createEngine = kernelEngine(() => module);
  return { createModel: (layers) => createModelWith(createEngine, layers) };
}

/**
 * A kernel from whatever carries the bytes: those of {@link createKernel}, a `Response`, or a promise of one of them.
 *
 * @throws CongruentError `wasm`: as {@link createKernel}, or the response is not ok
 * @example const { createModel } = await loadKernel(fetch("/gru.wasm"));
 */
export async function loadKernel(source: KernelSource | PromiseLike<KernelSource>): Promise<Kernel> {
  const given = (await source) as { arrayBuffer?: () => Promise<ArrayBuffer>; ok?: boolean; status?: number };
  if (typeof given?.arrayBuffer !== "function") return createKernel(given);
  if (given.ok === false) throw expected("wasm", "source", "a response that is ok", `status ${given.status}`);
  return createKernel(await given.arrayBuffer());
}
