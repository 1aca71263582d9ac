import { CongruentError, expected, show, showShape } from "../../errors.ts";
import type { Floats } from "../../tensor.ts";
import { type Dtype, itemSize, toFloat32 } from "../dtype.ts";
import type { ForeignFile } from "../foreign.ts";
import { isJson, type Json, unsupported } from "../keras/config.ts";
import type { Stored } from "../keras/stored.ts";

/** TF.js's names of types. */
const dtypes: Readonly<Record<string, Dtype>> = { float32: "f32", int32: "i32", bool: "u8" };
const quantized: Readonly<Record<string, Dtype>> = { uint8: "u8", uint16: "u16", float16: "f16" };

/** More than any model is cut into. */
const mostShards = 10_000;

/**
 * A `weightsManifest` and the shards that it names → the weights, in its order.
 *
 * @throws CongruentError `file`: no manifest, a shard that is not there, or shards that are not as long as their weights
 */
export async function readManifest(manifest: unknown, file: ForeignFile): Promise<Stored[]> {
  if (!Array.isArray(manifest)) throw expected("file", `${file.name}, weightsManifest`, "a list", show(manifest));
  const stored: Stored[] = [];
  let shards = 0;
  for (const [i, group] of manifest.entries()) {
    const where = `${file.name}, weightsManifest[${i}]`;
    if (!isJson(group) || !Array.isArray(group.paths) || !Array.isArray(group.weights)) {
      throw expected("file", where, "paths and weights", show(group));
    }
    shards += group.paths.length;
    if (shards > mostShards) throw expected("file", where, `at most ${mostShards} shards`, String(shards));
    const bytes = await readShards(group.paths, file, where);
    let at = 0;
    for (const spec of group.weights) {
      const weight = readWeight(spec, bytes, at, where);
      at += weight.bytes;
      stored.push(weight);
    }
    if (at !== bytes.length) throw expected("file", where, `${at} bytes of weights`, String(bytes.length));
  }
  return stored;
}

/** The shards of a group, as one. */
async function readShards(paths: readonly unknown[], file: ForeignFile, where: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const path of paths) {
    if (
      typeof path !== "string" ||
      path === "" ||
      /^[\\/]|^[a-z]+:/i.test(path) ||
      path.split(/[\\/]/).includes("..")
    ) {
      throw expected("file", where, "paths inside the file's own folder", show(path));
    }
    if (!file.beside) {
      throw expected("file", file.name, `the weights in ${path} beside it`, "this file alone");
    }
    try {
      parts.push(await file.beside(path));
    } catch (cause) {
      throw new CongruentError("file", `${where}: expected a file ${path} beside ${file.name}, got none`, { cause });
    }
  }
  if (parts.length === 1) return parts[0];
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** One weight of a manifest, whose bytes begin at a place. */
function readWeight(spec: unknown, bytes: Uint8Array, at: number, group: string): Stored {
  if (!isJson(spec) || typeof spec.name !== "string" || !isShape(spec.shape)) {
    throw expected("file", group, "weights with a name and a shape", show(spec));
  }
  const { name, shape } = spec;
  const where = `${group}, ${name}`;
  const { dtype, scale, min } = readType(spec, where);
  const count = shape.reduce((product, size) => product * size, 1);
  const size = count * itemSize[dtype];
  if (!(at + size <= bytes.length)) {
    throw expected("file", where, `${size} bytes for shape ${showShape(shape)}`, `${bytes.length - at} in its shards`);
  }
  const read = (): Floats => {
    const values = toFloat32(bytes.subarray(at, at + size), dtype, true, where);
    // As TF.js: in f64, then rounded once.
    if (scale !== null) for (let i = 0; i < values.length; i++) values[i] = values[i] * scale + min;
    return values;
  };
  return { name, shape, bytes: size, read };
}

/** How numbers are written; scale is null where they are as they are. */
function readType({ dtype, quantization }: Json, where: string): { dtype: Dtype; scale: number | null; min: number } {
  if (quantization === undefined) {
    if (typeof dtype !== "string" || !Object.hasOwn(dtypes, dtype)) throw unsupported(where, `dtype ${show(dtype)}`);
    return { dtype: dtypes[dtype], scale: null, min: 0 };
  }
  if (
    !isJson(quantization) ||
    typeof quantization.dtype !== "string" ||
    !Object.hasOwn(quantized, quantization.dtype)
  ) {
    throw unsupported(where, `quantization ${show(isJson(quantization) ? quantization.dtype : quantization)}`);
  }
  if (dtype !== "float32") throw unsupported(where, `${show(dtype)}, quantized`);
  const { scale, min } = quantization;
  const stored = quantized[quantization.dtype];
  // Halves are as they are.
  if (stored === "f16") return { dtype: stored, scale: null, min: 0 };
  if (typeof scale !== "number" || typeof min !== "number") {
    throw expected("file", where, "a scale and a min", `${show(scale)} and ${show(min)}`);
  }
  return { dtype: stored, scale, min };
}

function isShape(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
