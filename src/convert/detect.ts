import { CongruentError } from "../errors.ts";
import { checksumKey } from "../format/model-file.ts";
import { readSafetensors } from "../format/safetensors.ts";
import type { ForeignFile } from "./foreign.ts";

/** The formats that have a loader; `congruent` is our own. */
export type Format =
  | "congruent"
  | "keras-h5"
  | "keras-v3"
  | "tfjs-layers"
  | "pytorch"
  | "safetensors"
  | "onnx"
  | "tf1"
  | "npz"
  | "json";

const hdf5 = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
const zip = [0x50, 0x4b];
/** The number that PyTorch pickled first before it wrote zip files: its loader says what to do. */
const oldPyTorch = [0x80, 0x02, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20];

/**
 * Which format a file is of: by its first bytes where they tell it, else by its name. A file of Protocol Buffers has no
 * first bytes to go by.
 *
 * @throws CongruentError `unsupported`: none of those that are read
 */
export async function detect(file: ForeignFile): Promise<Format> {
  const { bytes } = file;
  const name = file.name.toLowerCase();
  const begins = (magic: readonly number[], at = 0) => magic.every((byte, i) => bytes[at + i] === byte);
  if (begins(hdf5) || begins(hdf5, 512)) return "keras-h5";
  if (begins(zip)) return detectZip(file);
  if (begins(oldPyTorch)) return "pytorch";
  if (/\.(pt|pth|tar|ckpt|bin)$/.test(name) && (bytes[0] === 0x80 || hasTar(bytes))) return "pytorch";
  if (bytes[8] === 0x7b && bytes[7] === 0) return detectSafetensors(file);
  if (name.endsWith(".onnx")) return "onnx";
  if (/\.(pb|index|meta)$/.test(name)) return "tf1";
  if (/^\s*\{/.test(ascii(bytes, 64)))
    return /"(modelTopology|weightsManifest)"/.test(ascii(bytes)) ? "tfjs-layers" : "json";
  // ModelProto begins with its ir_version (field 1, a number), GraphDef with a node (field 1, a message).
  if (bytes[0] === 0x08 && bytes[1] < 32) return "onnx";
  throw new CongruentError("unsupported", `${file.name}: expected ${readable}, got ${tellApart(file)}`);
}

const readable =
  "a file of Keras (.h5, .keras), TF.js (model.json), PyTorch (.pt, .safetensors), ONNX, TensorFlow 1 (.pb, .index), NumPy (.npz) or JSON";

async function detectZip(file: ForeignFile): Promise<Format> {
  const { ZipArchive } = await import("./zip/archive.ts");
  const { names } = new ZipArchive(file.bytes, file.name);
  if (names.includes("config.json") && names.some((name) => name.endsWith(".h5"))) return "keras-v3";
  if (names.some((name) => /(^|\/)(data\.pkl|constants\.pkl)$/.test(name))) return "pytorch";
  if (names.length > 0 && names.every((name) => name.endsWith(".npy"))) return "npz";
  const found = `a zip file of ${names.length} entries (${names.slice(0, 3).join(", ")})`;
  throw new CongruentError("unsupported", `${file.name}: expected one of Keras, PyTorch or NumPy, got ${found}`);
}

function detectSafetensors(file: ForeignFile): Format {
  return checksumKey in readSafetensors(file.bytes, file.name).metadata ? "congruent" : "safetensors";
}

/** What a file is that nothing here reads, where it can be seen. */
function tellApart({ bytes }: ForeignFile): string {
  if (bytes.length === 0) return "an empty file";
  if (bytes[0] === 0x93 && ascii(bytes, 6).endsWith("NUMPY")) return "one NumPy array: save the weights by name (.npz)";
  if (ascii(bytes, 4) === "GGUF") return "GGUF";
  if (ascii(bytes, 8).endsWith("TFL3")) return "TensorFlow Lite: convert the model that it was made of";
  if (bytes[0] === 0x80) return "a pickle: save a PyTorch state dict as .pt";
  if (/^node \{|^graph_def/.test(ascii(bytes, 16))) return "a graph as text (.pbtxt): save it as .pb";
  return "something else";
}

/** The magic of a tar file. */
const hasTar = (bytes: Uint8Array): boolean => ascii(bytes.subarray(257), 5) === "ustar";

/** The first bytes as letters. */
function ascii(bytes: Uint8Array, size = 2 ** 20): string {
  let text = "";
  for (const byte of bytes.subarray(0, size)) text += String.fromCharCode(byte);
  return text;
}
