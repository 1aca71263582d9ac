import { expected, show } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import type { Bytes } from "../tensor.ts";
import { type Fingerprint, hash } from "./fingerprint.ts";

/** What a snapshot belongs to. */
export interface SnapshotOwner {
  readonly fingerprint: Fingerprint;
  /** Of the stream's semantics, as 32 bits. */
  readonly rules: number;
  readonly rows: number;
  readonly slots: readonly GruLayer[];
}

/** What a snapshot holds, by slot. */
export interface SnapshotState {
  /** (rows, H) */
  readonly states: readonly Float32Array[];
  /** (rows) */
  readonly started: readonly Uint8Array[];
}

/** The words of the head, as messages call them. */
const headNames = ["the letters CGRU,", "format version", "the model", "the model", "rows:", "semantics"];
const headBytes = 24;

/**
 * State → bytes, little-endian:
 *
 *     0  u32  "CGRU"
 *     4  u32  format version, 1
 *     8  u64  fingerprint of the model
 *    16  u32  rows
 *    20  u32  hash of the stream's semantics
 *    24  f32  the states: slot by slot (rows, H)
 *     …  u8   whether a row has had a valid step, 0 or 1: slot by slot (rows)
 *     …  u32  hash of all bytes before
 */
export function writeSnapshot(owner: SnapshotOwner, { states, started }: SnapshotState): Bytes {
  const bytes = new Uint8Array(snapshotSize(owner));
  const view = new DataView(bytes.buffer);
  for (const [i, word] of head(owner).entries()) view.setUint32(4 * i, word, true);
  let at = headBytes;
  for (const state of states) {
    for (let i = 0; i < state.length; i++, at += 4) view.setFloat32(at, state[i], true);
  }
  for (const flags of started) {
    bytes.set(flags, at);
    at += flags.length;
  }
  view.setUint32(at, checksum(bytes), true);
  return bytes;
}

/**
 * Bytes → state, checked before anything is believed.
 *
 * @throws CongruentError `state`: not a snapshot, damaged, or of another model, semantics or number of rows
 */
export function readSnapshot(owner: SnapshotOwner, bytes: Uint8Array): SnapshotState {
  const { slots, rows } = owner;
  const refuse = (wanted: string, given: unknown) => expected("state", "snapshot", wanted, show(given));
  if (!(bytes instanceof Uint8Array && bytes.length > headBytes)) throw refuse("a Uint8Array from snapshot()", bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (const [i, word] of head(owner).entries()) {
    const given = view.getUint32(4 * i, true);
    if (given !== word) throw refuse(`${headNames[i]} ${word}`, given);
  }
  const size = snapshotSize(owner);
  if (bytes.length !== size) throw refuse(`${size} bytes`, bytes);
  const sum = checksum(bytes);
  const written = view.getUint32(size - 4, true);
  if (written !== sum) throw refuse(`checksum ${sum}`, written);
  let at = headBytes;
  const states = slots.map(({ units }) => {
    const state = new Float32Array(rows * units);
    for (let i = 0; i < state.length; i++, at += 4) state[i] = view.getFloat32(at, true);
    return state;
  });
  const started = slots.map((_, slot) => bytes.slice(at + slot * rows, at + (slot + 1) * rows));
  return { states, started };
}

function head({ fingerprint, rows, rules }: SnapshotOwner): number[] {
  return [0x55524743, 1, ...fingerprint, rows, rules];
}

/** Head, (rows, H) of f32 and (rows) of u8 for each slot, checksum. */
function snapshotSize({ slots, rows }: SnapshotOwner): number {
  return slots.reduce((size, { units }) => size + rows * (4 * units + 1), headBytes + 4);
}

/** Of all but the checksum itself. */
function checksum(bytes: Uint8Array): number {
  return hash([bytes.subarray(0, -4)], 0);
}
