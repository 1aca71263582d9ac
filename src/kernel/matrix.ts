import type { GruLayer } from "../layers/layer.ts";
import type { KernelExports } from "./exports.ts";
import { copy, copyRows, padded } from "./memory.ts";
import type { Build } from "./operation.ts";

/**
 * Brings rows into the scratch's x, a block of them at a time.
 *
 * @param source (rows, width)
 * @param room floats that a row needs there
 * @param use called behind each block, by its first row
 */
export function feedRows(
  build: Build,
  source: Float32Array,
  width: number,
  room: number,
  use: (first: number, count: number) => void,
): void {
  const rows = source.length / width;
  const fit = Math.floor(build.capacity / room);
  for (let first = 0; first < rows; first += fit) {
    const count = Math.min(fit, rows - first);
    copy(build.f32, build.x, source, first * width, count * width);
    use(first, count);
  }
}

/**
 * Places a matrix in the kernel's order (assembly/pack.ts), which it gets through the scratch.
 *
 * @param source (depth, columns), row-major
 * @param columns of a source row; at least gates · units from `first` on
 * @param first the source column with which the matrix begins
 * @param gates column blocks
 * @param units columns of a block
 * @returns where it is: (depth, gates · padded(units))
 */
export function placeMatrix(
  build: Build,
  source: Float32Array,
  columns: number,
  first: number,
  gates: number,
  units: number,
): number {
  const depth = source.length / columns;
  const place = build.reserve(depth * gates * padded(units));
  feedRows(build, source, columns, columns, (k, count) => {
    build.exports.pack(build.x + first, columns, k, count, depth, gates, units, place);
  });
  return place;
}

/**
 * Places a bias of `gates` blocks, each padded to whole vectors.
 *
 * @param source null for zeros
 */
export function placeBias(build: Build, source: Float32Array | null, gates: number, units: number): number {
  const place = build.reserve(gates * padded(units));
  if (source) copyRows(build.f32, place, padded(units), source, 0, units, units, gates);
  return place;
}

/** How a direction keeps its matrices, and is multiplied by them. */
export interface Matrices {
  /** Places the columns of `gates` gates, from `first` on, of one of the layer's. */
  place(name: "kernel" | "recurrentKernel", gates: number, first: number): number;
  /** As the export, over what was placed. */
  readonly multiply: KernelExports["multiply"];
}

/**
 * Makes a direction's: an int8 layer brings its own, so that no bundle without such layers holds it.
 *
 * @param struct the direction's Gru (assembly/gru.ts), whose last fields say how: zeros for f32
 */
export type MatricesFactory = (layer: GruLayer, build: Build, struct: number) => Matrices;
