import { type KernelMemory, padded } from "./memory.ts";
import type { Scratch } from "./scratch.ts";

/** A weight matrix in the kernel's order (assembly/pack.ts). */
export interface PackedMatrix {
  /** Where it is: (depth, gates · padded(units)) */
  readonly address: number;
  readonly depth: number;
  readonly gates: number;
  readonly units: number;
}

/** Reserves room for a matrix of `gates` column blocks. */
export function reserveMatrix(memory: KernelMemory, depth: number, gates: number, units: number): PackedMatrix {
  return { address: memory.reserve(depth * gates * padded(units)), depth, gates, units };
}

/**
 * Packs a matrix, through the scratch in blocks of rows.
 *
 * @param source (depth, columns), row-major
 * @param columns of a source row; at least gates · units from `first` on
 * @param first the source column with which the matrix begins
 */
export function packMatrix(
  memory: KernelMemory,
  scratch: Scratch,
  matrix: PackedMatrix,
  source: Float32Array,
  columns: number,
  first: number,
): void {
  const { address, depth, gates, units } = matrix;
  const fit = Math.floor(scratch.capacity / columns);
  for (let k = 0; k < depth; k += fit) {
    const count = Math.min(fit, depth - k);
    memory.write(scratch.x, source, k * columns, count * columns);
    memory.exports.pack(scratch.x + first * 4, columns, k, count, depth, gates, units, address);
  }
}

/** Writes a bias of `gates` blocks, each padded to whole vectors. */
export function writeBias(memory: KernelMemory, address: number, source: Float32Array, gates: number): void {
  const units = source.length / gates;
  for (let gate = 0; gate < gates; gate++)
    memory.write(address + gate * padded(units) * 4, source, gate * units, units);
}
