/**
 * A file of `torch.save`: a zip of `data.pkl`, one entry `data/N` for each storage, and `byteorder`.
 *
 * Source: torch/serialization.py (`_save`, `_load`), caffe2/serialize/inline_container.h, PyTorch 2.13.
 */
import { CongruentError, expected } from "../../errors.ts";
import type { NamedTensors } from "../named-tensor.ts";
import { unpickle } from "../pickle/unpickle.ts";
import { ZipArchive } from "../zip/archive.ts";
import { checkpointRules } from "./globals.ts";
import { findStateDicts } from "./state-dicts.ts";

/** How the files of PyTorch before 1.6 begin: a pickle of a magic number. */
const legacy = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

/** PyTorch's own limit (`kMaxSupportedFileFormatVersion`). */
const maxVersion = 10;

/**
 * The tensors of a checkpoint's state dicts, by name; the numbers are read when they are asked for.
 *
 * @param where the file's name
 * @throws CongruentError `file`: damaged; `unsupported`: not a zip, TorchScript, or a pickle that would run code
 */
export function readCheckpoint(bytes: Uint8Array, where: string): NamedTensors {
  refuseOtherFiles(bytes, where);
  const archive = new ZipArchive(bytes, where, { zeroCrc: true });
  const root = findRoot(archive, where);
  const checked = new Map<string, Uint8Array>();
  const file = {
    littleEndian: readByteOrder(archive, root, where),
    budget: Math.ceil(bytes.length / 2) + 2 ** 22,
    storage(key: string): Uint8Array {
      const known = checked.get(key) ?? archive.read(`${root}data/${key}`);
      checked.set(key, known);
      return known;
    },
  };
  const storageBytes = (key: string, place: string): number => {
    const name = `${root}data/${key}`;
    if (!archive.has(name)) throw expected("file", place, `an entry ${name}`, "none");
    return archive.size(name);
  };
  const name = `${root}data.pkl`;
  const value = unpickle(archive.read(name), checkpointRules(file, storageBytes), `${where}, ${name}`);
  return findStateDicts(value, where);
}

function refuseOtherFiles(bytes: Uint8Array, where: string): void {
  const startsWith = (wanted: readonly number[], at = 0) => wanted.every((byte, i) => bytes[at + i] === byte);
  const again = 'torch.save(torch.load(path, map_location="cpu"), new_path)';
  const ustar = [0x75, 0x73, 0x74, 0x61, 0x72];
  if (startsWith(legacy) || startsWith(ustar, 257)) {
    const what = `one of PyTorch before 1.6; save it again with a newer PyTorch: ${again}`;
    throw new CongruentError("unsupported", `${where}: expected a zip file of torch.save, got ${what}`);
  }
  if (bytes[0] === 0x80) {
    throw expected("unsupported", where, "a zip file of torch.save", `a pickle; save it again with torch.save`);
  }
}

/** The folder of `data.pkl`, with its slash. */
function findRoot(archive: ZipArchive, where: string): string {
  const { names } = archive;
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/(^|\/)constants\.pkl$/) || has(/(^|\/)code\/__torch__/)) {
    const hint = "save the numbers alone: torch.save(torch.jit.load(path).state_dict(), new_path)";
    throw expected("unsupported", where, "a file of torch.save", `TorchScript, which is a program; ${hint}`);
  }
  if (has(/(^|\/)archive_format$/)) {
    throw expected("unsupported", where, "a file of torch.save", "torch.export's .pt2, which is a program");
  }
  const found = names.filter((name) => /^([^/]+\/)?data\.pkl$/.test(name));
  if (found.length !== 1) throw expected("file", where, "one data.pkl, as torch.save writes", `${found.length}`);
  const root = found[0].slice(0, -"data.pkl".length);
  const version = archive.has(`${root}version`) ? text(archive, `${root}version`) : "3";
  if (!/^\d{1,3}$/.test(version) || Number(version) > maxVersion) {
    throw expected("unsupported", `${where}, version`, `at most ${maxVersion}`, JSON.stringify(version.slice(0, 20)));
  }
  return root;
}

/** Files of before PyTorch 2.1 do not say; they were written on little-endian machines. */
function readByteOrder(archive: ZipArchive, root: string, where: string): boolean {
  const name = `${root}byteorder`;
  const order = archive.has(name) ? text(archive, name) : "little";
  if (order !== "little" && order !== "big") {
    throw expected("file", `${where}, ${name}`, "little or big", JSON.stringify(order.slice(0, 20)));
  }
  return order === "little";
}

function text(archive: ZipArchive, name: string): string {
  return new TextDecoder("latin1").decode(archive.read(name)).trim();
}
