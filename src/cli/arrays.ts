import { readFile } from "node:fs/promises";
import { readNpy } from "../convert/npz/npy.ts";
import type { Input } from "../model/input.ts";
import type { TensorLike } from "../tensor.ts";
import { parseFile } from "./files.ts";

/** Numbers of a `.npy` file, or of JSON. */
export async function readTensorFile(path: string): Promise<TensorLike> {
  const bytes = await readFile(path);
  return bytes[0] === 0x93 ? readNpy(bytes, path) : (parseFile(bytes.toString("utf8"), path) as TensorLike);
}

/**
 * A batch for a run: of a `.npy` file, of JSON, or of JSON lines, where each is a sequence; they may differ in length.
 */
export async function readInput(path: string): Promise<Input> {
  if (!/\.(jsonl|ndjson)$/i.test(path)) return (await readTensorFile(path)) as Input;
  const lines = (await readFile(path, "utf8")).split("\n");
  const rows = lines.flatMap((line, i) => (line.trim() === "" ? [] : [parseFile(line, `${path}:${i + 1}`)]));
  return rows as unknown as Input;
}
