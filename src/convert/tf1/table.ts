import { CongruentError, expected } from "../../errors.ts";
import { maskedCrc32c } from "./crc32c.ts";

/**
 * A sorted table of keys and values, which a checkpoint's `.index` is.
 *
 *     data blocks, index block …, footer: two handles, padding, magic (48 bytes)
 *     block: entries, restarts u32 [n], n u32; then its type (0: not compressed) and checksum
 *     entry: varints (bytes shared with the key before, bytes of its own, bytes of the value), key, value
 *
 * Source: tensorflow/core/lib/io/{format,block,table_builder}.cc, LevelDB's table_format.md. Checkpoints are written
 * without compression (`TableBuilderOptions` in util/tensor_bundle/tensor_bundle.cc).
 *
 * @returns the values, views of the file, by key, in the file's order
 * @throws CongruentError `file`: damaged; `unsupported`: compressed
 */
export function readTable(bytes: Uint8Array, where: string): Map<string, Uint8Array> {
  const footer = bytes.length - footerSize;
  if (footer < 0 || !magic.every((byte, i) => bytes[bytes.length - 8 + i] === byte)) {
    throw new CongruentError("file", `${where}: expected the index of a checkpoint, got another file`);
  }
  const cursor = new Cursor(bytes, footer, bytes.length - 8, where);
  readHandle(cursor);
  const budget = { left: 4 * bytes.length + 1_000_000 };
  const values = new Map<string, Uint8Array>();
  for (const [, handle] of readBlock(bytes, readHandle(cursor), budget, where)) {
    const at = new Cursor(handle, 0, handle.length, where);
    for (const [key, value] of readBlock(bytes, readHandle(at), budget, where)) {
      if (values.has(key)) throw expected("file", where, "keys that differ", `two of ${JSON.stringify(key)}`);
      values.set(key, value);
    }
  }
  return values;
}

const footerSize = 48;
/** 0xdb4775248b80fb57, little-endian */
const magic = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

interface Handle {
  readonly offset: number;
  readonly size: number;
}

function readHandle(cursor: Cursor): Handle {
  return { offset: cursor.varint(), size: cursor.varint() };
}

function readBlock(
  bytes: Uint8Array,
  { offset, size }: Handle,
  budget: { left: number },
  where: string,
): [key: string, value: Uint8Array][] {
  if (offset + size + 5 > bytes.length - footerSize)
    throw expected("file", where, "a block inside of it", `${size} at ${offset}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(offset + size + 1, true) !== maskedCrc32c(bytes.subarray(offset, offset + size + 1))) {
    throw new CongruentError("file", `${where}: expected blocks that fit their checksums, got a damaged one`);
  }
  const type = bytes[offset + size];
  if (type !== 0) throw expected("unsupported", where, "blocks that are not compressed", `type ${type} (1 is snappy)`);
  if (size < 4) throw expected("file", where, "a block with restarts", `${size} bytes`);
  const restarts = view.getUint32(offset + size - 4, true);
  const end = offset + size - 4 - 4 * restarts;
  if (end < offset) throw expected("file", where, "restarts inside of a block", String(restarts));
  const entries: [string, Uint8Array][] = [];
  let key = new Uint8Array(0);
  const cursor = new Cursor(bytes, offset, end, where);
  while (!cursor.done) {
    const shared = cursor.varint();
    const rest = cursor.varint();
    const length = cursor.varint();
    budget.left -= shared + rest + 100;
    if (shared > key.length || budget.left < 0)
      throw expected("file", where, "keys of its own size", `${shared} shared bytes`);
    const own = cursor.take(rest);
    const next = new Uint8Array(shared + rest);
    next.set(key.subarray(0, shared));
    next.set(own, shared);
    key = next;
    entries.push([decoder.decode(key), cursor.take(length)]);
  }
  return entries;
}

const decoder = new TextDecoder();

/** Varints and bytes, one after the other. */
class Cursor {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly end: number,
    private readonly where: string,
  ) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 50; scale *= 128) {
      if (this.at >= this.end) break;
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    throw new CongruentError("file", `${this.where}: expected a number, got none that ends`);
  }

  take(length: number): Uint8Array {
    if (length > this.end - this.at)
      throw expected("file", this.where, "an entry inside of its block", `${length} bytes`);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}
