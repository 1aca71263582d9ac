import { CongruentError } from "../../errors.ts";

/**
 * What jsfive takes on trust, checked before it reads: the superblock, and the chain of blocks of an object header.
 * Source: HDF5 File Format Specification Version 3.0, II.A and IV.A.1.b.
 */

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Whether a file begins as HDF5 does. */
export function isHdf5(bytes: Uint8Array): boolean {
  return signature.every((byte, i) => bytes[i] === byte);
}

/**
 * Refuses what is not whole, and the layouts that Keras's libraries do not write and jsfive would misread.
 * @throws CongruentError `file`
 */
export function checkSuperblock(bytes: Uint8Array, where: string): void {
  const fail = (what: string): never => {
    throw new CongruentError("file", `${where}: expected an HDF5 file, ${what}`);
  };
  if (!isHdf5(bytes)) fail("got other bytes");
  if (bytes.length < 96) fail(`got its first ${bytes.length} bytes only`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = bytes[8];
  if (version !== 0 && version !== 2 && version !== 3) fail(`got one with a superblock of version ${version}`);
  const [sizes, base, end] = version === 0 ? [13, 24, 40] : [9, 12, 28];
  if (bytes[sizes] !== 8 || bytes[sizes + 1] !== 8) fail("got one whose addresses do not have 8 bytes");
  if (view.getBigUint64(base, true) !== 0n) fail("got one that is inside another file");
  const length = view.getBigUint64(end, true);
  if (length > BigInt(bytes.length)) fail(`got ${bytes.length} bytes of ${length}`);
}

/**
 * Refuses a version 2 object header whose blocks, taken together, are larger than the file: they overlap.
 * @param address where the header begins
 * @throws CongruentError `file`
 */
export function checkObjectHeader(buffer: ArrayBuffer, address: number, where: string): void {
  const damaged = () => new CongruentError("file", `${where}: the header at ${address} is damaged`);
  if (!(Number.isSafeInteger(address) && address >= 0 && address + 16 <= buffer.byteLength)) throw damaged();
  const view = new DataView(buffer);
  if (view.getUint32(address, true) !== 0x5244_484f) return; // "OHDR"
  const flags = view.getUint8(address + 5);
  const sizeAt = address + 6 + (flags & 32 ? 16 : 0) + (flags & 16 ? 4 : 0);
  const ordered = flags & 4 ? 2 : 0;
  const read = (at: number, width: number): number => {
    if (at < 0 || at + width > buffer.byteLength) throw damaged();
    if (width === 1) return view.getUint8(at);
    if (width === 2) return view.getUint16(at, true);
    return width === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
  };
  const width = 1 << (flags & 3);
  const blocks = [{ at: sizeAt + width, size: read(sizeAt, width) }];
  let total = 0;
  for (const { at, size } of blocks) {
    total += size + 16;
    if (total > buffer.byteLength || at + size > buffer.byteLength) throw damaged();
    // jsfive reads messages for as long as one fits, as here.
    for (let offset = 0; offset < size - 4; ) {
      const type = read(at + offset, 1);
      const length = read(at + offset + 1, 2);
      const message = at + offset + 4 + ordered;
      // An object header continuation: the address of a block, which begins with its signature, and its size.
      if (type === 16) blocks.push({ at: read(message, 8) + 4, size: read(message + 8, 8) - 4 });
      offset += 4 + ordered + length;
    }
  }
}
