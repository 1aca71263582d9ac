import type { Layer } from "../layers/layer.ts";

/** 64 bits as two unsigned halves. */
export type Fingerprint = readonly [low: number, high: number];

/**
 * What tells one model from another: a hash of every layer's configuration and of the bits of its weights. Names do not
 * count. The same for every engine and runtime.
 */
export function fingerprint(layers: readonly Layer[]): Fingerprint {
  const parts: ArrayLike<number>[] = [];
  const text = JSON.stringify(layers, (key, value: unknown) => {
    if (key === "name") return undefined;
    if (value instanceof Float32Array) {
      return parts.push(new Uint32Array(value.buffer, value.byteOffset, value.length));
    }
    // JSON has no Infinity.
    return typeof value === "number" ? String(value) : value;
  });
  parts.push(wordsOf(text));
  return [hash(parts, 1), hash(parts, 2)];
}

/** A text as numbers. */
export function wordsOf(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0));
}

/**
 * MurmurHash3 (x86, 32 bits; Appleby, 2011, public domain) of words that follow each other.
 *
 * @param parts taken as 32-bit integers
 */
export function hash(parts: readonly ArrayLike<number>[], seed: number): number {
  let h = seed;
  let length = 0;
  for (const words of parts) {
    length += words.length;
    for (let i = 0; i < words.length; i++) {
      h ^= Math.imul(rotate(Math.imul(words[i], 0xcc9e2d51), 15), 0x1b873593);
      h = (Math.imul(rotate(h, 13), 5) + 0xe6546b64) | 0;
    }
  }
  h ^= 4 * length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
