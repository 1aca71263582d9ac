import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { maskedCrc32c } from "../../src/convert/tf1/crc32c.ts";

/** TensorFlow's files byte by byte, for those that TensorFlow would not write. */
export interface TfNode {
  readonly name: string;
  readonly op: string;
  readonly inputs?: readonly string[];
  /** A `Const`'s tensor: float, its shape, and the numbers listed (the last one stands for all that follow). */
  readonly value?: { readonly shape: readonly number[]; readonly numbers: readonly number[] };
}

type Write = (writer: BinaryWriter) => void;

function message(writer: BinaryWriter, field: number, write: Write): void {
  writer.tag(field, 2).fork();
  write(writer);
  writer.join();
}

const text = (writer: BinaryWriter, field: number, value: string) => writer.tag(field, 2).string(value);

function writeShape(writer: BinaryWriter, field: number, shape: readonly number[]): void {
  message(writer, field, (one) => {
    for (const size of shape) message(one, 2, (axis) => axis.tag(1, 0).int64(size));
  });
}

/** A `GraphDef`. */
export function writeGraph(nodes: readonly TfNode[]): Uint8Array {
  const writer = new BinaryWriter();
  for (const { name, op, inputs = [], value } of nodes) {
    message(writer, 1, (node) => {
      text(node, 1, name);
      text(node, 2, op);
      for (const input of inputs) text(node, 3, input);
      if (!value) return;
      message(node, 5, (entry) => {
        text(entry, 1, "value");
        message(entry, 2, (attribute) =>
          message(attribute, 8, (tensor) => {
            tensor.tag(1, 0).int32(1);
            writeShape(tensor, 2, value.shape);
            for (const number of value.numbers) tensor.tag(5, 5).float(number);
          }),
        );
      });
    });
  }
  return writer.finish();
}

/** An entry of a checkpoint's index: a float tensor. */
export interface TfEntry {
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
  readonly shard?: number;
  readonly slices?: number;
}

export function writeEntry({ shape, offset, size, checksum, shard = 0, slices = 0 }: TfEntry): Uint8Array {
  const writer = new BinaryWriter();
  writer.tag(1, 0).int32(1);
  writeShape(writer, 2, shape);
  writer.tag(3, 0).int32(shard).tag(4, 0).int64(offset).tag(5, 0).int64(size).tag(6, 5).fixed32(checksum);
  for (let i = 0; i < slices; i++) message(writer, 7, () => undefined);
  return writer.finish();
}

/** BundleHeaderProto: data files, and 1 for big-endian. */
export function writeHeader(shards = 1, endianness = 0): Uint8Array {
  return new BinaryWriter().tag(1, 0).int32(shards).tag(2, 0).int32(endianness).finish();
}

/**
 * A table of one block.
 *
 * @param type of the block: 0, or 1 for snappy
 */
export function writeTable(entries: readonly (readonly [key: string, value: Uint8Array])[], type = 0): Uint8Array {
  const data = writeBlock(
    entries.map(([key, value]) => [new TextEncoder().encode(key), value]),
    type,
  );
  const handle = writeHandle(0, data.length - 5);
  const index = writeBlock([[new TextEncoder().encode("~"), handle]], 0);
  const empty = writeBlock([], 0);
  const footer = new Uint8Array(48);
  footer.set([
    ...writeHandle(data.length + index.length, empty.length - 5),
    ...writeHandle(data.length, index.length - 5),
  ]);
  footer.set([0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb], 40);
  return Uint8Array.from([...data, ...index, ...empty, ...footer]);
}

function writeHandle(offset: number, size: number): Uint8Array {
  return new BinaryWriter().uint32(offset).uint32(size).finish();
}

function writeBlock(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[], type: number): Uint8Array {
  const writer = new BinaryWriter();
  for (const [key, value] of entries) {
    writer.uint32(0).uint32(key.length).uint32(value.length).raw(key).raw(value);
  }
  // One restart, at 0; then the type.
  writer.fixed32(0).fixed32(1).raw(Uint8Array.of(type));
  const content = writer.finish();
  return Uint8Array.from([...content, ...new BinaryWriter().fixed32(maskedCrc32c(content)).finish()]);
}
