import type { Tensor } from "../tensor.ts";

/** A tensor that a file holds, before its numbers are read: most of a checkpoint is never needed. */
export interface NamedTensor {
  /** The file's own name for how a number is stored: `float32`, `F16`, `<f4`. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** What its numbers take in the file. */
  readonly bytes: number;
  /**
   * Its numbers as f32, row-major.
   *
   * @param where what to call it in a message
   * @throws CongruentError `unsupported`: numbers that are no real ones, or that f32 does not have; `file`: damaged
   */
  read(where: string): Tensor;
}

/** By name, in the file's order. */
export type NamedTensors = ReadonlyMap<string, NamedTensor>;

/** How many numbers a shape has. */
export function countNumbers(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
