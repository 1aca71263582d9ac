import { itemSize, toFloat32 } from "../../convert/dtype.ts";
import { type NpyHeader, npyPrefix, npyStart, parseNpyHeader } from "../../convert/npz/npy.ts";
import { expected, showShape } from "../../errors.ts";
import { ByteReader } from "./bytes.ts";
import type { Bad, Row, Source, Step } from "./sequences.ts";

/**
 * An array [batch, time, features] is so many sequences, [time, features] one; of token ids, [batch, time] and [time].
 *
 * @param axes of a sequence: 2, or 1 for token ids
 * @throws CongruentError `file` or `unsupported`
 */
export async function readNpyFile(stream: AsyncIterable<Uint8Array>, axes: number, where: string): Promise<Source> {
  const bytes = new ByteReader(stream);
  const prefix = await bytes.read(npyPrefix);
  const rest = await bytes.read(npyStart(prefix, where) - prefix.length);
  const header = parseNpyHeader(new Uint8Array(Buffer.concat([prefix, rest])), where);
  const { shape, fortranOrder } = header;
  if (fortranOrder && shape.length > 1) {
    throw expected("unsupported", where, "C order (np.ascontiguousarray)", "Fortran order");
  }
  if (shape.length === axes) return { kind: "steps", steps: readSteps(bytes, header, where) };
  if (shape.length === axes + 1) return { kind: "rows", rows: readRows(bytes, header, where), shape };
  const wanted = axes === 2 ? "[batch, time, features] or [time, features]" : "[batch, time] or [time] token ids";
  throw expected("input", where, wanted, showShape(shape));
}

async function* readRows(bytes: ByteReader, header: NpyHeader, where: string): AsyncGenerator<Row | Bad> {
  const [batch, ...shape] = header.shape;
  for (let row = 0; row < batch; row++) {
    const data = await readNumbers(bytes, header, product(shape), `${where}, row ${row}`);
    yield { line: row + 1, input: { data, shape }, steps: shape[0] };
  }
  await bytes.end(where);
}

async function* readSteps(bytes: ByteReader, header: NpyHeader, where: string): AsyncGenerator<Step | Bad> {
  const [steps, ...frame] = header.shape;
  for (let step = 0; step < steps; step++) {
    const data = await readNumbers(bytes, header, product(frame), `${where}, step ${step}`);
    yield { line: step + 1, frame: Array.from(data), begins: step === 0 };
  }
  await bytes.end(where);
}

async function readNumbers(bytes: ByteReader, { dtype, littleEndian }: NpyHeader, count: number, where: string) {
  const size = count * itemSize[dtype];
  const part = await bytes.read(size);
  if (part.length < size) throw expected("file", where, `${size} bytes`, `${part.length}`);
  return toFloat32(part, dtype, littleEndian, where);
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
