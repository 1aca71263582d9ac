/**
 * The part of WebAssembly that is used, declared here so that the sources need neither DOM nor Node types: it is the one
 * global that the library touches.
 */
declare namespace WebAssembly {
  function validate(bytes: ArrayBuffer | ArrayBufferView): boolean;
  class Module {
    constructor(bytes: ArrayBuffer | ArrayBufferView);
    static imports(module: Module): { module: string; name: string; kind: string }[];
    static exports(module: Module): { name: string; kind: string }[];
    private readonly brand: "Module";
  }
  class Instance {
    constructor(module: Module, imports?: object);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
}

/** gru.wasm lies beside the entries in dist/. */
declare module "*.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
declare module "*.wasm?module" {
  const module: WebAssembly.Module;
  export default module;
}
