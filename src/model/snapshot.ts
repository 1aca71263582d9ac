import { expected, show } from "../errors.ts";
import type { Bytes } from "../tensor.ts";
import { type Fingerprint, hash } from "./fingerprint.ts";

/** The words of the head, as messages call them. */
const headNames = ["magic", "version", "model", "model", "rows", "semantics"];

/**
 * All that a snapshot holds, but for the hash at its end: a stream's own memory behind a head. Little-endian:
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
export function snapshotParts(
  fingerprint: Fingerprint,
  rows: number,
  rules: number,
  states: readonly Float32Array[],
  started: readonly Uint8Array[],
): readonly Uint8Array[] {
  return [Uint32Array.of(0x55524743, 1, ...fingerprint, rows, rules), ...states, ...started].map(bytesOf);
}

/** State → bytes. */
export function writeSnapshot(parts: readonly Uint8Array[]): Bytes {
  const all = [...parts, bytesOf(Uint32Array.of(hash(parts, 0)))];
  const bytes = new Uint8Array(all.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of all) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * Bytes → state, checked before anything is believed.
 *
 * @param parts of the stream, written over
 * @throws CongruentError `state`: not a snapshot, damaged, or of another model, semantics or number of rows
 */
export function readSnapshot(parts: readonly Uint8Array[], bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array && bytes.length > 24)) {
    throw expected("state", "snapshot", "bytes from snapshot()", show(bytes));
  }
  const check = (what: string, wanted: number, given: number): void => {
    if (given !== wanted) throw expected("state", `snapshot.${what}`, show(wanted), show(given));
  };
  const own = writeSnapshot(parts);
  headNames.forEach((name, i) => {
    check(name, wordAt(own, i * 4), wordAt(bytes, i * 4));
  });
  check("length", own.length, bytes.length);
  check("checksum", hash([bytes.subarray(0, -4)], 0), wordAt(bytes, bytes.length - 4));
  let at = 0;
  for (const part of parts) {
    part.set(bytes.subarray(at, at + part.length));
    at += part.length;
  }
}

/** The memory of an array: little-endian, as that of WebAssembly, which the library reads and writes by such arrays. */
function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A u32, wherever it lies. */
function wordAt({ buffer, byteOffset }: Uint8Array, at: number): number {
  return new DataView(buffer, byteOffset + at).getUint32(0, true);
}
