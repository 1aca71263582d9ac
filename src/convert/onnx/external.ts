import { CongruentError, expected } from "../../errors.ts";
import { besidePath, type ForeignFile } from "../foreign.ts";
import type { GraphProto, TensorProto } from "./proto.ts";
import { bytesOf } from "./tensor.ts";

/**
 * Tensors whose numbers are in files beside the model get them, as views; each file is read once.
 *
 * Source: ONNX, ExternalData.md: `location`, `offset` and `length`, as text.
 *
 * @returns the graph, and the bytes of the files beside
 * @throws CongruentError `file`: such a file is missing or too short, or its path leads out of the folder
 */
export async function loadExternal(
  graph: GraphProto,
  file: ForeignFile,
): Promise<{ readonly graph: GraphProto; readonly size: number }> {
  const files = new Map<string, Uint8Array>();
  const initializers: TensorProto[] = [];
  for (const tensor of graph.initializers) initializers.push(await load(tensor, file, files));
  const size = [...files.values()].reduce((sum, { length }) => sum + length, 0);
  return { graph: { ...graph, initializers }, size };
}

async function load(tensor: TensorProto, file: ForeignFile, files: Map<string, Uint8Array>): Promise<TensorProto> {
  const { external, name } = tensor;
  if (!external) return tensor;
  const path = besidePath(external.get("location") ?? "", name);
  if (!file.beside)
    throw new CongruentError("file", `${name}: expected its numbers in ${path} beside the file, got none`);
  const bytes = files.get(path) ?? (await file.beside(path));
  files.set(path, bytes);
  const offset = Number(external.get("offset") ?? 0);
  const length = Number(external.get("length") ?? bytesOf(tensor));
  if (!isSize(offset) || !isSize(length) || offset + length > bytes.length) {
    throw expected("file", name, `bytes inside of ${path} (${bytes.length})`, `${length} at ${offset}`);
  }
  return { ...tensor, raw: bytes.subarray(offset, offset + length), external: null };
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
