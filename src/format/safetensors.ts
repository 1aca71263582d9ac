import { expected, show, showShape } from "../errors.ts";
import { parseJson } from "./json.ts";

/**
 * The container: 8 bytes N (u64, little-endian), N bytes of JSON, then the tensors' bytes, with nothing between them.
 *
 * Source: github.com/huggingface/safetensors, README.md, "Format". docs/format.md has every MUST that is checked here.
 */
export interface Safetensors {
  readonly metadata: Readonly<Record<string, string>>;
  /** In the order of their data. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/** A tensor as it lies in the file. */
export interface StoredTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** A view into the file; row-major, little-endian. */
  readonly bytes: Uint8Array;
}

/** Bytes of one number, of every dtype that the format has in whole bytes. */
const itemSize: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};

/** Of the header. safetensors' own is 100 MB; a header of ours has some 100 bytes for each tensor. */
const maxHeader = 2 ** 22;

/**
 * Reads and checks a whole file; tensors are views, nothing is copied.
 *
 * @param where what to call the file in messages
 * @throws CongruentError `file`, or `unsupported` for a dtype that safetensors does not have
 */
export function readSafetensors(file: Uint8Array, where = "file"): Safetensors {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 8) throw expected("file", where, "8 bytes at least", `${file.length}`);
  const headerSize = view.getUint32(0, true) + 2 ** 32 * view.getUint32(4, true);
  const space = Math.min(file.length - 8, maxHeader);
  if (headerSize > space) throw expected("file", `${where}: size of the header`, `at most ${space}`, `${headerSize}`);
  const data = file.subarray(8 + headerSize);
  const header = parseJson(readText(file.subarray(8, 8 + headerSize), where), `${where}: header`);
  const { __metadata__: metadata = {}, ...entries } = readObject(header, `${where}: header`);
  const texts = Object.entries(readObject(metadata, `${where}: __metadata__`));
  for (const [key, text] of texts) {
    if (typeof text !== "string") throw expected("file", `${where}: __metadata__.${key}`, "a text", show(text));
  }
  const placed = Object.entries(entries).map(([name, entry]) => place(entry, data, `${where}: tensor ${name}`, name));
  // In the file's order every tensor begins where the one before it ends: no holes, no overlaps.
  let end = 0;
  placed.sort((a, b) => a.begin - b.begin || a.end - b.end);
  for (const { name, begin, tensor } of placed) {
    if (begin !== end) throw expected("file", `${where}: tensor ${name}`, `data from ${end} on`, `from ${begin}`);
    end += tensor.bytes.length;
  }
  if (end !== data.length) throw expected("file", where, `${end} bytes of tensors`, `${data.length}`);
  return {
    metadata: Object.fromEntries(texts) as Record<string, string>,
    tensors: new Map(placed.map(({ name, tensor }) => [name, tensor])),
  };
}

/** UTF-8 → text. Everywhere the same: not every runtime has a TextDecoder. */
function readText(bytes: Uint8Array, where: string): string {
  let escaped = "";
  for (const byte of bytes) escaped += byte < 128 && byte !== 37 ? String.fromCharCode(byte) : `%${byte.toString(16)}`;
  try {
    return decodeURIComponent(escaped);
  } catch {
    throw expected("file", `${where}: header`, "UTF-8", "bytes that are not");
  }
}

function readObject(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw expected("file", where, "an object", show(value));
  }
  return value as Record<string, unknown>;
}

/** An entry of the header → a view of its bytes. */
function place(given: unknown, data: Uint8Array, where: string, name: string) {
  const entry = readObject(given, where);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (Object.keys(entry).length !== 3 || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
    throw expected("file", where, "dtype, shape and data_offsets", JSON.stringify(entry));
  }
  if (typeof dtype !== "string" || !Object.hasOwn(itemSize, dtype)) {
    throw expected("unsupported", where, `dtype ${Object.keys(itemSize).join(", ")}`, show(dtype));
  }
  const [begin, end] = offsets;
  if (begin > end || end > data.length) {
    throw expected("file", where, `an end from ${begin} to ${data.length}`, `${end}`);
  }
  const size = shape.reduce((product, axis) => product * axis, itemSize[dtype]);
  if (size !== end - begin) throw expected("file", where, `${size} bytes for ${showShape(shape)}`, `${end - begin}`);
  const tensor: StoredTensor = { dtype, shape, bytes: data.subarray(begin, end) };
  return { name, begin, end, tensor };
}

/** Whether a value is a list of whole numbers that a double holds exactly. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
