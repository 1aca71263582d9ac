import { CongruentError, expected } from "../../errors.ts";
import { type ForeignFile, readBeside } from "../foreign.ts";
import { Budget, Message } from "../protobuf.ts";
import { maskedCrc32c } from "./crc32c.ts";
import { readShape } from "./proto.ts";
import { readTable } from "./table.ts";
import { fromBytes, isNumeric, type Tensor } from "./tensor.ts";

/** Where a tensor of a checkpoint lies. */
interface Entry {
  readonly type: number;
  readonly shape: readonly number[];
  readonly shard: number;
  readonly offset: number;
  readonly size: number;
  readonly checksum: number;
  readonly slices: number;
}

/** The key under which TensorFlow 2 keeps its graph of objects. */
const objectGraph = "_CHECKPOINTABLE_OBJECT_GRAPH";

export interface Checkpoint {
  readonly tensors: ReadonlyMap<string, Tensor>;
  /** Whether its keys are paths of Python objects, as TensorFlow 2 writes them. */
  readonly objects: boolean;
}

/**
 * A checkpoint: the tensors that its `.index` names, out of the `.data-…` files beside it. Each tensor's checksum is
 * checked, and no two may share bytes.
 *
 * Source: tensorflow/core/protobuf/tensor_bundle.proto, util/tensor_bundle/{naming,tensor_bundle}.cc.
 *
 * @param index bytes of the index
 * @param prefix the path of the files, without `.index`, as `beside` takes it
 * @throws CongruentError `file`: damaged, or a data file is missing; `unsupported`: big-endian, or a tensor in slices
 */
export async function readCheckpoint(index: Uint8Array, prefix: string, file: ForeignFile): Promise<Checkpoint> {
  const table = readTable(index, file.name);
  const budget = new Budget(index.length);
  const { shards, bigEndian } = readHeader(table.get(""), budget, file.name);
  if (bigEndian) throw expected("unsupported", file.name, "a little-endian checkpoint", "a big-endian one");
  const files: Uint8Array[] = [];
  const tensors = new Map<string, Tensor>();
  const taken: { readonly name: string; readonly entry: Entry }[] = [];
  for (const [name, value] of table) {
    if (name === "" || name === objectGraph) continue;
    const entry = readEntry(new Message(value, budget, name));
    if (entry.slices > 0)
      throw expected("unsupported", name, "a whole tensor", "one in slices (a partitioned variable)");
    if (!isNumeric(entry.type)) continue;
    if (entry.shard < 0 || entry.shard >= shards)
      throw expected("file", name, `a shard below ${shards}`, String(entry.shard));
    files[entry.shard] ??= await loadShard(file, prefix, entry.shard, shards);
    tensors.set(name, fromBytes(readBytes(files[entry.shard], entry, name), entry.type, entry.shape, name));
    taken.push({ name, entry });
  }
  refuseOverlap(taken);
  return { tensors, objects: table.has(objectGraph) };
}

async function loadShard(file: ForeignFile, prefix: string, shard: number, shards: number): Promise<Uint8Array> {
  const digits = (value: number) => String(value).padStart(5, "0");
  const path = `${prefix}.data-${digits(shard)}-of-${digits(shards)}`;
  return readBeside(file, path, file.name);
}

function readBytes(data: Uint8Array, { offset, size, checksum }: Entry, name: string): Uint8Array {
  if (!(offset >= 0 && size >= 0 && offset + size <= data.length)) {
    throw expected("file", name, `bytes inside of its data file (${data.length})`, `${size} at ${offset}`);
  }
  const bytes = data.subarray(offset, offset + size);
  if (maskedCrc32c(bytes) !== checksum) {
    throw new CongruentError("file", `${name}: expected numbers that fit their checksum, got damaged ones`);
  }
  return bytes;
}

function refuseOverlap(taken: { readonly name: string; readonly entry: Entry }[]): void {
  const inOrder = taken.sort((a, b) => a.entry.shard - b.entry.shard || a.entry.offset - b.entry.offset);
  for (let i = 1; i < inOrder.length; i++) {
    const [before, after] = [inOrder[i - 1], inOrder[i]];
    if (before.entry.shard === after.entry.shard && before.entry.offset + before.entry.size > after.entry.offset) {
      throw expected("file", after.name, "bytes of its own", `some of ${before.name}'s`);
    }
  }
}

/** BundleHeaderProto */
function readHeader(
  bytes: Uint8Array | undefined,
  budget: Budget,
  where: string,
): { shards: number; bigEndian: boolean } {
  if (!bytes)
    throw new CongruentError("file", `${where}: expected the index of a checkpoint, got a table without its header`);
  const header = new Message(bytes, budget, where);
  let [shards, bigEndian] = [1, false];
  while (header.next()) {
    if (header.field === 1) shards = header.integer();
    else if (header.field === 2) bigEndian = header.integer() !== 0;
  }
  if (!(shards >= 1 && shards < 100_000)) throw expected("file", where, "a number of data files", String(shards));
  return { shards, bigEndian };
}

/** BundleEntryProto */
function readEntry(message: Message): Entry {
  let [type, shard, offset, size, checksum, slices] = [0, 0, 0, 0, 0, 0];
  let shape: (number | null)[] | null = [];
  while (message.next()) {
    const { field } = message;
    if (field === 1) type = message.integer();
    else if (field === 2) shape = readShape(message.message("shape"));
    else if (field === 3) shard = message.integer();
    else if (field === 4) offset = message.integer();
    else if (field === 5) size = message.integer();
    else if (field === 6) checksum = message.fixed();
    else if (field === 7) slices++;
  }
  if (!shape || shape.includes(null)) throw new CongruentError("file", "shape: expected a whole one, got a free one");
  return { type, shape: shape as number[], shard, offset, size, checksum, slices };
}
