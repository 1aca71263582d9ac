import type { KernelExports } from "./exports.ts";

/**
 * What assembly/int8.ts exports beside the rest, in int8.wasm and int8-plain.wasm alike.
 *
 * A packed int8 matrix of V = gates · padded(units) / 4 vectors (assembly/pack-int8.ts) has 4 · V scales, f32, which JS
 * writes, then what `packInt8` writes, over zeros.
 *
 * A Gru's `precision` and `quantized` (assembly/gru.ts) are the precision of its three matrices, 0 where they are f32, and the scratch
 * of `multiplyInt8`: room for 66 rows of 16 + 2 · K bytes, K rounded up to a multiple of 16, of the deepest matrix.
 */
export interface Int8Exports extends KernelExports {
  /** Bytes of a packed int8 matrix: a byte a weight for the relaxed dot, which takes 7 bits, two for the plain one. */
  sizeInt8(depth: number, vectors: number, precision: number): number;
  /** As `pack`, of int8 rows, whose place counts bytes; `precision` 7 or 14 */
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
  /** As `multiply`, over a packed int8 matrix of this precision */
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
    scratch: number,
  ): void;
}
