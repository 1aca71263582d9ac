/**
 * NumPy's `.npy`: a magic, a version, a Python dict in text, then the numbers.
 *
 * Source: numpy/lib/format.py, "Format Version 1.0" to "3.0".
 */
import { CongruentError, expected, show } from "../../errors.ts";
import type { Bytes, Floats, Tensor } from "../../tensor.ts";
import { type Dtype, itemSize, toFloat32 } from "../dtype.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY

/** By NumPy's letter and bytes. */
const dtypes: Readonly<Record<string, Dtype>> = {
  f2: "f16",
  f4: "f32",
  f8: "f64",
  i1: "i8",
  u1: "u8",
  i2: "i16",
  u2: "u16",
  i4: "i32",
  u4: "u32",
  i8: "i64",
  u8: "u64",
};

/** More axes than NumPy allows. */
const maxAxes = 32;

/** What stands before the numbers. */
export interface NpyHeader {
  readonly dtype: Dtype;
  readonly littleEndian: boolean;
  /** Whether the first axis runs fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly start: number;
}

/**
 * An array of a `.npy` file, in C order.
 *
 * @param where what to call it in a message
 * @returns its numbers as f32: floats of 16, 32 and 64 bits (the last rounded to the nearest), whole numbers up to ±2²⁴
 * @throws CongruentError `file`: it is damaged or no `.npy`; `unsupported`: a type that is not a real number, such as
 *   objects, which are a pickle
 */
export function readNpy(bytes: Uint8Array, where = "npy"): Tensor {
  const header = readNpyHeader(bytes, where);
  const { dtype, littleEndian, shape, start, fortranOrder } = header;
  const data = toFloat32(bytes.subarray(start), dtype, littleEndian, where);
  return { data: fortranOrder ? toRowMajor(data, shape) : data, shape };
}

/**
 * The header alone; that as many bytes follow as it says is checked.
 * @throws CongruentError as {@link readNpy} does
 */
export function readNpyHeader(bytes: Uint8Array, where = "npy"): NpyHeader {
  const header = parseNpyHeader(bytes, where);
  const count = header.shape.reduce((product, size) => product * size, 1);
  const wanted = count * itemSize[header.dtype];
  if (bytes.length - header.start !== wanted) {
    throw expected("file", where, `${wanted} bytes for ${count} numbers`, String(bytes.length - header.start));
  }
  return header;
}

/** The bytes in front of the header's text, at most. */
export const npyPrefix = 12;

/**
 * Where the numbers begin.
 *
 * @param bytes the first {@link npyPrefix} of the file
 * @throws CongruentError `file`: no `.npy`; `unsupported`: of a later version
 */
export function npyStart(bytes: Uint8Array, where: string): number {
  if (bytes.length < 10 || !magic.every((byte, i) => bytes[i] === byte)) {
    throw expected("file", where, "a .npy file, which begins with \\x93NUMPY", "something else");
  }
  const [major, minor] = [bytes[6], bytes[7]];
  if (major < 1 || major > 3 || minor !== 0) {
    throw expected("unsupported", where, ".npy version 1.0, 2.0 or 3.0", `${major}.${minor}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < textStart(bytes)) throw expected("file", where, "a header", "the end of the file");
  const size = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  // NumPy itself refuses headers of more than 10,000 bytes, which could be slow to parse.
  if (size > 10_000) throw expected("file", where, "a header of at most 10000 bytes", `one of ${size}`);
  return textStart(bytes) + size;
}

const textStart = (bytes: Uint8Array): number => (bytes[6] === 1 ? 10 : 12);

/**
 * The header of a file that may not be there as a whole.
 *
 * @param bytes from its beginning to {@link npyStart} at least
 * @throws CongruentError as {@link readNpy} does
 */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const start = npyStart(bytes, where);
  if (start > bytes.length) {
    throw expected("file", where, "a header inside the file", `one of ${start - textStart(bytes)} bytes`);
  }
  return { ...parseHeader(new TextDecoder("latin1").decode(bytes.subarray(textStart(bytes), start)), where), start };
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` and spaces: the keys in any order, each once. */
function parseHeader(text: string, where: string): Omit<NpyHeader, "start"> {
  const dict = /^\{(.*)\}\s*$/s.exec(text)?.[1];
  const read = (key: string, value: string): string | undefined => {
    const found = [...(dict ?? "").matchAll(new RegExp(`'${key}'\\s*:\\s*(${value})\\s*(?:,|$)`, "gs"))];
    return found.length === 1 ? found[0][1] : undefined;
  };
  const descr = read("descr", String.raw`'[^']*'|\[.*?\]`);
  const order = read("fortran_order", "True|False");
  const shape = read("shape", String.raw`\([\d\s,L]*\)`);
  const surplus = (dict ?? "").match(/'[^']*'\s*:/g)?.length !== 3;
  if (descr?.startsWith("[")) throw refuse(where, `records, ${descr}`);
  if (descr === undefined || order === undefined || shape === undefined || surplus) {
    throw expected("file", where, "a dict of descr, fortran_order and shape", show(text.slice(0, 100).trimEnd()));
  }
  return { ...parseType(descr.slice(1, -1), where), fortranOrder: order === "True", shape: parseShape(shape, where) };
}

function parseType(descr: string, where: string): Pick<NpyHeader, "dtype" | "littleEndian"> {
  const [, order, type] = /^([<>|=]?)(\w+)$/.exec(descr) ?? [];
  if (type?.startsWith("O")) throw refuse(where, "objects, which are a pickle: save it as numbers");
  if (type === undefined || !Object.hasOwn(dtypes, type)) throw refuse(where, `type ${show(descr)}`);
  const dtype = dtypes[type];
  if ((order === "|" || order === "=") && itemSize[dtype] > 1)
    throw refuse(where, `${show(descr)}, of unknown byte order`);
  return { dtype, littleEndian: order !== ">" };
}

/** `()`, `(3,)`, `(3, 4)`; Python 2 wrote `3L`. */
function parseShape(text: string, where: string): number[] {
  const sizes = text.slice(1, -1).replace(/,\s*$/, "").split(",");
  const shape = sizes.length === 1 && sizes[0].trim() === "" ? [] : sizes.map((size) => size.trim());
  if (!shape.every((size) => /^\d{1,15}L?$/.test(size)) || shape.length > maxAxes) {
    throw expected("file", where, "a shape", show(text));
  }
  return shape.map((size) => Number.parseInt(size, 10));
}

function refuse(where: string, what: string): CongruentError {
  return new CongruentError(
    "unsupported",
    `${where}: expected numbers (${Object.keys(dtypes).join(", ")}), got ${what}`,
  );
}

/**
 * The first axis runs fastest → the last one does.
 * @param shape (a, b, …, z)
 */
function toRowMajor(data: Floats, shape: readonly number[]): Floats {
  const out = new Float32Array(data.length);
  const index = shape.map(() => 0);
  for (let from = 0; from < data.length; from++) {
    let to = 0;
    for (let axis = 0; axis < shape.length; axis++) to = to * shape[axis] + index[axis];
    out[to] = data[from];
    for (let axis = 0; axis < shape.length && ++index[axis] === shape[axis]; axis++) index[axis] = 0;
  }
  return out;
}

/**
 * A tensor → a `.npy` file: version 1.0, `<f4`, C order, its numbers at a multiple of 64 bytes.
 *
 * @throws CongruentError `input`: the shape is not of this data
 */
export function writeNpy({ data, shape }: { readonly data: Float32Array; readonly shape: readonly number[] }): Bytes {
  if (shape.reduce((product, size) => product * size, 1) !== data.length) {
    throw expected("input", "writeNpy", `data for shape [${shape.join(", ")}]`, `${data.length} numbers`);
  }
  const header = writeNpyHeader(shape);
  const start = header.length;
  const bytes = new Uint8Array(start + 4 * data.length);
  bytes.set(header);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < data.length; i++) view.setFloat32(start + 4 * i, data[i], true);
  return bytes;
}

/** What stands before the numbers of {@link writeNpy}; as long for any number of rows, so that it can be written again. */
export function writeNpyHeader(shape: readonly number[]): Bytes {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const start = Math.max(128, Math.ceil((10 + dict.length + 1) / 64) * 64);
  const header = new Uint8Array(start);
  header.set([...magic, 1, 0]);
  new DataView(header.buffer).setUint16(8, start - 10, true);
  header.set(new TextEncoder().encode(`${dict.padEnd(start - 11)}\n`), 10);
  return header;
}
