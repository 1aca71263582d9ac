import { existsSync, readFileSync } from "node:fs";

/** A folder of real models beside the project. It may be absent: the tests that read it are then skipped. */
export function modelFolder(name: string) {
  const folder = new URL(`../../../shared/models/${name}/`, import.meta.url);
  const bytes = (path: string): Uint8Array => readFileSync(new URL(path, folder));
  return {
    exists: existsSync(folder),
    bytes,
    json: <T>(path: string): T => JSON.parse(readFileSync(new URL(path, folder), "utf8")) as T,
    /** Little-endian f32, as many as the file holds. */
    floats: (path: string): Float32Array => new Float32Array(Uint8Array.from(bytes(path)).buffer),
    /** One number a line. */
    column: (path: string): number[] => readFileSync(new URL(path, folder), "utf8").trim().split("\n").map(Number),
  };
}

/** The largest |actual - expected|; NaN where either is, Infinity where they are not of one size. */
export function deviation(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
  return worst;
}
