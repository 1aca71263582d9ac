import type { GruLayer } from "../layers/layer.ts";
import type { KernelExports } from "./exports.ts";
import { type KernelMemory, padded } from "./memory.ts";
import type { Build } from "./operation.ts";

/**
 * Places a matrix in the kernel's order (assembly/pack.ts), which it gets through the scratch in blocks of rows.
 *
 * @param source (depth, columns), row-major
 * @param columns of a source row; at least gates · units from `first` on
 * @param first the source column with which the matrix begins
 * @param gates column blocks
 * @param units columns of a block
 * @returns where it is going to be: (depth, gates · padded(units))
 */
export function placeMatrix(
  { memory, scratch, uploads }: Build,
  source: Float32Array,
  columns: number,
  first: number,
  gates: number,
  units: number,
): number {
  const depth = source.length / columns;
  const address = memory.reserve(depth * gates * padded(units));
  uploads.push(() => {
    const fit = Math.floor(scratch.capacity / columns);
    for (let k = 0; k < depth; k += fit) {
      const count = Math.min(fit, depth - k);
      memory.write(scratch.x, source, k * columns, count * columns);
      memory.exports.pack(scratch.x + first * 4, columns, k, count, depth, gates, units, address);
    }
  });
  return address;
}

/**
 * Places a bias of `gates` blocks, each padded to whole vectors.
 *
 * @param source null for zeros
 */
export function placeBias({ memory, scratch, uploads }: Build, source: Float32Array | null, gates: number): number {
  if (!source) return scratch.zeros;
  const address = memory.reserve(gates * padded(source.length / gates));
  uploads.push(() => writeBias(memory, address, source, gates));
  return address;
}

/** Writes a bias of `gates` blocks, each padded to whole vectors. */
export function writeBias(memory: KernelMemory, address: number, source: Float32Array, gates: number): void {
  const units = source.length / gates;
  for (let gate = 0; gate < gates; gate++)
    memory.write(address + gate * padded(units) * 4, source, gate * units, units);
}

/** How a direction keeps its matrices, and is multiplied by them. */
export interface Matrices {
  /** Places the columns of `gates` gates, from `first` on, of one of the layer's. */
  place(name: "kernel" | "recurrentKernel", gates: number, first: number): number;
  /** As the export, over what was placed. */
  readonly multiply: KernelExports["multiply"];
  /** The fields of a Gru (assembly/gru.ts) that say so: the precision, 0 for f32, and the scratch of int8. */
  readonly fields: readonly [precision: number, quantized: number];
}

/** Makes a direction's: an int8 layer brings its own, so that no bundle without such layers holds it. */
export type MatricesFactory = (layer: GruLayer, build: Build) => Matrices;

/** As f32. */
export const floatMatrices: MatricesFactory = ({ weights, units }, build) => ({
  place: (name, gates, first) => placeMatrix(build, weights[name], 3 * units, first, gates, units),
  multiply: build.memory.exports.multiply,
  fields: [0, 0],
});
