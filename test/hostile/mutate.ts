/** Seeded damage to files: the same seed and number give the same bytes, on every machine. */

/** A damaged file, and what was done to it. */
export interface Damaged {
  readonly bytes: Uint8Array;
  readonly what: string;
}

/**
 * Where to cut a file off: after every byte where it is short; else densely at both ends, around powers of two, and
 * evenly between; and at the boundaries that its format knows.
 */
export function truncationLengths(size: number, boundaries: readonly number[] = []): number[] {
  const lengths = new Set<number>();
  if (size <= 2048) for (let length = 0; length < size; length++) lengths.add(length);
  for (let i = 0; i < 256; i++) {
    lengths.add(i).add(size - 1 - i);
    lengths.add(Math.floor((i * size) / 256));
  }
  for (let power = 1; power < size; power *= 2)
    lengths
      .add(power - 1)
      .add(power)
      .add(power + 1);
  for (const at of boundaries)
    lengths
      .add(at - 1)
      .add(at)
      .add(at + 1);
  return [...lengths].filter((length) => length >= 0 && length < size).sort((a, b) => a - b);
}

/** Whole numbers below a bound, from a seed (Mulberry32, Tommy Ettinger, public domain). */
export type Random = (below: number) => number;

export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Sizes and offsets that readers get wrong. */
const sizes: readonly bigint[] = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fff_ffffn,
  0x8000_0000n,
  0xffff_fff0n,
  0xffff_ffffn,
  0x1_0000_0000n,
  0x1f_ffff_ffff_ffffn,
  0x7fff_ffff_ffff_ffffn,
  0xffff_ffff_ffff_fff8n,
  0xffff_ffff_ffff_ffffn,
];

/** Changes one thing in place, and says what. */
type Change = (bytes: Uint8Array, at: number, random: Random) => string;

function writeSize(bytes: Uint8Array, at: number, width: 2 | 4 | 8, value: bigint, littleEndian: boolean): string {
  for (let i = 0; i < width && at + i < bytes.length; i++) {
    const shift = 8 * (littleEndian ? i : width - 1 - i);
    bytes[at + i] = Number((value >> BigInt(shift)) & 0xffn);
  }
  return `${8 * width}-bit ${littleEndian ? "LE" : "BE"} ${value} at ${at}`;
}

const inPlace: readonly Change[] = [
  (bytes, at, random) => {
    const bit = random(8);
    bytes[at] ^= 1 << bit;
    return `bit ${bit} of byte ${at} flipped`;
  },
  (bytes, at, random) => {
    const value = [0, 255, random(256)][random(3)];
    bytes[at] = value;
    return `byte ${at} set to ${value}`;
  },
  (bytes, at, random) => {
    const step = random(2) ? 1 : -1;
    bytes[at] += step;
    return `byte ${at} changed by ${step}`;
  },
  (bytes, at, random) =>
    writeSize(bytes, at, ([2, 4, 8] as const)[random(3)], sizes[random(sizes.length)], random(2) === 0),
  (bytes, at, random) => {
    const length = Math.min(1 + random(16), bytes.length - at);
    bytes.fill([0, 255, 0x20, 0x5b, 0x7b][random(5)], at, at + length);
    return `${length} bytes filled from ${at}`;
  },
  // A digit of a text, where formats keep shapes and offsets in JSON.
  (bytes, at, random) => {
    let digit = at;
    while (digit < bytes.length && !(bytes[digit] >= 0x30 && bytes[digit] <= 0x39)) digit++;
    if (digit === bytes.length) digit = at;
    bytes[digit] = "0123456789-.eE"[random(14)].charCodeAt(0);
    return `digit at ${digit} replaced`;
  },
];

/** Cuts, doubles, swaps: every result is a new array. */
const rearrange: readonly ((bytes: Uint8Array, at: number, random: Random) => Damaged)[] = [
  (bytes, at, random) => {
    const length = 1 + random(Math.min(64, bytes.length - at));
    return { bytes: join(bytes.subarray(0, at), bytes.subarray(at + length)), what: `${length} bytes cut from ${at}` };
  },
  (bytes, at, random) => {
    const length = 1 + random(Math.min(64, bytes.length - at));
    const what = `${length} bytes doubled at ${at}`;
    return { bytes: join(bytes.subarray(0, at + length), bytes.subarray(at)), what };
  },
  (bytes, at, random) => {
    const length = 1 + random(Math.min(32, Math.max(1, bytes.length >> 1)));
    const a = Math.min(at, Math.max(0, bytes.length - 2 * length));
    const b = Math.min(a + length + random(bytes.length), bytes.length - length);
    const swapped = bytes.slice();
    swapped.set(bytes.subarray(b, b + length), a);
    swapped.set(bytes.subarray(a, a + length), b);
    return { bytes: swapped, what: `${length} bytes swapped between ${a} and ${b}` };
  },
  (bytes, at, random) => {
    const copied = bytes.slice();
    const length = 1 + random(Math.min(32, bytes.length));
    const from = random(bytes.length - length + 1);
    copied.set(bytes.subarray(from, from + length).subarray(0, bytes.length - at), at);
    return { bytes: copied, what: `${length} bytes copied from ${from} to ${at}` };
  },
  (bytes, at) => ({ bytes: bytes.slice(0, at), what: `cut off at ${at}` }),
  (bytes, _, random) => {
    const length = 1 + random(64);
    return { bytes: join(bytes, new Uint8Array(length).fill(random(256))), what: `${length} bytes appended` };
  },
];

function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * A file with one to four changes. Half of all places are in the first and last part of the file, where formats keep what
 * readers trust.
 */
export function mutate(bytes: Uint8Array, random: Random): Damaged {
  let damaged: Uint8Array = bytes.slice();
  const done: string[] = [];
  for (let count = [1, 1, 1, 2, 4][random(5)]; count > 0 && damaged.length > 0; count--) {
    const near = Math.min(damaged.length, 512);
    const at = [random(damaged.length), random(near), damaged.length - 1 - random(near), random(damaged.length)][
      random(4)
    ];
    if (random(4)) done.push(inPlace[random(inPlace.length)](damaged, at, random));
    else {
      const next = rearrange[random(rearrange.length)](damaged, at, random);
      damaged = next.bytes;
      done.push(next.what);
    }
  }
  return { bytes: damaged, what: done.join(", ") };
}
