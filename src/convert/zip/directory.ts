/**
 * What a zip file says of its entries, each field checked against the others.
 *
 * fflate inflates, but takes the directory at its word: it checks neither bounds nor overlaps nor CRCs, and reads beyond
 * the end as zeros. A weight file must not be read like that, so this is ours.
 *
 * Source: PKWARE APPNOTE.TXT 6.3.10, sections 4.3 (headers) and 4.5.3 (zip64).
 */
import { CongruentError, expected, show } from "../../errors.ts";

/** One file inside. */
export interface ZipEntry {
  readonly name: string;
  readonly deflated: boolean;
  /** Bytes in the archive. */
  readonly stored: number;
  /** Bytes once inflated. */
  readonly size: number;
  readonly crc: number;
  /** Where its local header begins. */
  readonly header: number;
  /** Where its bytes begin. */
  readonly start: number;
}

/** Far above what any framework writes: one entry for each tensor. */
const maxEntries = 100_000;

const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, end64: 0x06064b50, locator: 0x07064b50 };
const sizes = { local: 30, central: 46, end: 22, end64: 56, locator: 20 };
const encrypted = 0x2041;

/**
 * @param where the archive's name, for messages
 * @throws CongruentError `file`: it is no zip, or a damaged one; `unsupported`: encryption, or a compression other than
 *   deflate
 */
export function readDirectory(bytes: Uint8Array, where: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const directory = findDirectory(view, where);
  if (directory.count > maxEntries)
    throw expected("file", where, `at most ${maxEntries} entries`, String(directory.count));
  const entries: ZipEntry[] = [];
  const names = new Set<string>();
  let at = directory.start;
  for (let i = 0; i < directory.count; i++) {
    const place = `${where}, entry ${i}`;
    const { entry, next } = readCentral(view, at, directory.end, place);
    if (names.has(entry.name)) throw expected("file", place, "names that differ", `${show(entry.name)} twice`);
    names.add(entry.name);
    entries.push({ ...entry, start: readLocal(view, entry, directory.start, `${where}, ${entry.name}`) });
    at = next;
  }
  if (at !== directory.end) {
    throw expected(
      "file",
      where,
      `a directory of ${directory.end - directory.start} bytes`,
      String(at - directory.start),
    );
  }
  refuseOverlaps(entries, where);
  return entries;
}

/** From the record at the end of the file. */
function findDirectory(view: DataView, where: string): { count: number; start: number; end: number } {
  const record = findEnd(view);
  if (record < 0) throw expected("file", where, "a zip file, with a directory at its end", "none");
  const locator = record - sizes.locator;
  const is64 = locator >= 0 && view.getUint32(locator, true) === signatures.locator;
  const record64 = is64 ? readLong(view, locator + 8, where) : 0;
  const behind = is64 ? record64 : record;
  if (is64 && (record64 + sizes.end64 > locator || view.getUint32(record64, true) !== signatures.end64)) {
    throw expected("file", where, "a zip64 record before its locator", "none");
  }
  const short = (offset: number) => view.getUint16(record + offset, true);
  const disks = is64
    ? [view.getUint32(record64 + 16, true), view.getUint32(record64 + 20, true)]
    : [short(4), short(6)];
  if (disks[0] !== 0 || disks[1] !== 0) throw expected("unsupported", where, "one file", "a part of a split archive");
  const [here, count, size, start] = is64
    ? [24, 32, 40, 48].map((offset) => readLong(view, record64 + offset, where))
    : [short(8), short(10), view.getUint32(record + 12, true), view.getUint32(record + 16, true)];
  if (here !== count || start + size !== behind) {
    throw expected(
      "file",
      where,
      `a directory that ends at byte ${behind}`,
      `${count} entries, ${size} bytes at ${start}`,
    );
  }
  return { count, start, end: start + size };
}

/** The end record stands last, but for a comment of up to 65,535 bytes. */
function findEnd(view: DataView): number {
  const last = view.byteLength - sizes.end;
  for (let at = last; at >= 0 && at >= last - 0xffff; at--) {
    if (
      view.getUint32(at, true) === signatures.end &&
      at + sizes.end + view.getUint16(at + 20, true) === view.byteLength
    ) {
      return at;
    }
  }
  return -1;
}

function readCentral(
  view: DataView,
  at: number,
  end: number,
  place: string,
): { entry: Omit<ZipEntry, "start">; next: number } {
  if (at + sizes.central > end || view.getUint32(at, true) !== signatures.central) {
    throw expected("file", place, "an entry of the directory", "something else");
  }
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => view.getUint16(at + offset, true));
  const extra = at + sizes.central + nameLength;
  const next = extra + extraLength + commentLength;
  if (next > end) throw expected("file", place, "an entry inside the directory", `one that ends at byte ${next}`);
  const name = readName(view, at + sizes.central, nameLength, place);
  if (view.getUint16(at + 8, true) & encrypted) throw expected("unsupported", place, "no encryption", show(name));
  const method = view.getUint16(at + 10, true);
  if (method !== 0 && method !== 8) {
    throw expected("unsupported", place, "stored or deflated bytes", `method ${method} for ${show(name)}`);
  }
  const [size, stored, header] = readSizes(view, at, extra, extraLength, place);
  if (method === 0 && size !== stored) throw expected("file", place, `${stored} bytes, as stored`, String(size));
  return { entry: { name, deflated: method === 8, stored, size, crc: view.getUint32(at + 16, true), header }, next };
}

/** Size, stored size and header offset: those that are all ones stand in the zip64 extra field, in this order. */
function readSizes(view: DataView, at: number, extra: number, length: number, place: string): number[] {
  const short = [24, 20, 42].map((offset) => view.getUint32(at + offset, true));
  const missing = short.filter((value) => value === 0xffffffff).length;
  if (missing === 0) return short;
  for (let field = extra; field + 4 <= extra + length; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== 1) continue;
    const size = view.getUint16(field + 2, true);
    if (size < 8 * missing || field + 4 + size > extra + length) break;
    let next = field + 4;
    return short.map((value) => {
      if (value !== 0xffffffff) return value;
      next += 8;
      return readLong(view, next - 8, place);
    });
  }
  throw expected("file", place, "sizes in a zip64 field", "none");
}

/** Checks that the entry's own header agrees. @returns where its bytes begin */
function readLocal(view: DataView, entry: Omit<ZipEntry, "start">, limit: number, place: string): number {
  const { header, stored, name, deflated } = entry;
  if (header + sizes.local > limit || view.getUint32(header, true) !== signatures.local) {
    throw expected("file", place, `a header at byte ${header}`, "none");
  }
  const nameLength = view.getUint16(header + 26, true);
  const start = header + sizes.local + nameLength + view.getUint16(header + 28, true);
  if (start + stored > limit) throw expected("file", place, `${stored} bytes before the directory`, "fewer");
  if (view.getUint16(header + 8, true) !== (deflated ? 8 : 0)) {
    throw expected("file", place, "one compression", "another in its header than in the directory");
  }
  if (readName(view, header + sizes.local, nameLength, place) !== name) {
    throw expected("file", place, "one name", "another in its header than in the directory");
  }
  return start;
}

function refuseOverlaps(entries: readonly ZipEntry[], where: string): void {
  const sorted = [...entries].sort((a, b) => a.header - b.header);
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1];
    if (before.start + before.stored > sorted[i].header) {
      throw expected("file", where, "entries one after the other", `${sorted[i].name} inside ${before.name}`);
    }
  }
}

function readName(view: DataView, at: number, length: number, place: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array(view.buffer, view.byteOffset + at, length));
  } catch (cause) {
    throw new CongruentError("file", `${place}: expected a name in UTF-8, got other bytes`, { cause });
  }
}

function readLong(view: DataView, at: number, place: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw expected("file", place, "a size or an offset", String(value));
  return value;
}
