import { expected } from "../../errors.ts";
import { type ForeignFile, readBeside } from "../foreign.ts";
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
  const path = external.get("location") ?? "";
  const bytes = files.get(path) ?? (await readBeside(file, path, name));
  files.set(path, bytes);
  const offset = Number(external.get("offset") ?? 0);
  const length = Number(external.get("length") ?? bytesOf(tensor));
  if (!isSize(offset) || !isSize(length) || offset + length > bytes.length) {
    throw expected("file", name, `bytes inside of ${path} (${bytes.length})`, `${length} at ${offset}`);
  }
  const raw = bytes.subarray(offset, offset + length);
  return { ...tensor, raw, message: raw, external: null };
}

function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
