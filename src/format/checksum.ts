import { hash, wordsOf } from "../model/fingerprint.ts";
import type { StoredTensor } from "./safetensors.ts";

/**
 * 64 bits over everything that a model file says: the description, and name, dtype, shape and bytes of every tensor. It
 * finds damage, not forgery. The order of the tensors does not count: other tools that write the file anew may change it.
 *
 * @param description the JSON of the layers, to the letter
 * @returns 16 hexadecimal digits
 */
export function checksum(description: string, tensors: ReadonlyMap<string, StoredTensor>): string {
  const parts: ArrayLike<number>[] = [wordsOf(description)];
  for (const [name, { dtype, shape, bytes }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    parts.push(wordsOf(JSON.stringify([name, dtype, shape])), bytes);
  }
  return [1, 2].map((seed) => hash(parts, seed).toString(16).padStart(8, "0")).join("");
}
