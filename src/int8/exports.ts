import type { KernelExports } from "../kernel/exports.ts";

/** What the modules with int8 export beside what `gru.wasm` does. */
export interface Int8Exports extends KernelExports {
  /** Bytes of a packed matrix. */
  int8Size(depth: number, gates: number, units: number): number;
  /** Bytes that a GRU needs for the rows that it quantises. */
  int8Scratch(inputs: number, units: number): number;
  packInt8(
    source: number,
    sourceStride: number,
    k0: number,
    count: number,
    depth: number,
    gates: number,
    units: number,
    precision: number,
    target: number,
  ): void;
  packScales(source: number, depth: number, gates: number, units: number, target: number): void;
  multiplyInt8(
    x: number,
    index: number,
    xStride: number,
    rows: number,
    w: number,
    depth: number,
    vectors: number,
    init: number,
    y: number,
    yStride: number,
    precision: number,
    quantized: number,
  ): void;
}
