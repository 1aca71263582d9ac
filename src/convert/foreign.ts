/**
 * What every loader of a foreign format takes and gives. A loader says what a file holds, part by part; it never decides
 * to leave something out: that is the caller's choice, by name (`selectLayers`).
 */
import { CongruentError, expected } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import type { Preset } from "../sequence/semantics.ts";

/** A file of another framework, and those beside it. */
export interface ForeignFile {
  /** As the user wrote it, for messages; its ending is a hint where the bytes alone do not tell the format. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * The bytes of a file beside it (shards, a checkpoint's data), by the relative path that the file names. Rejects when
   * there is none. Loaders refuse absolute paths and `..` before they ask.
   */
  readonly beside?: ((path: string) => Promise<Uint8Array>) | undefined;
}

/** One layer or operator of a file, in the framework's own words. */
export interface Part {
  /** Its name in the file, by which `layer` or `node` picks it. */
  readonly name: string;
  /** The framework's own type: `GRU`, `Linear`, `Conv2D`. */
  readonly kind: string;
  /** What congruent makes of it: usually one layer, none where it has no effect at inference; null where refused. */
  readonly layers: readonly Layer[] | null;
  /** Why it was refused, a sentence that names what was found; null where it was not. */
  readonly refusal: string | null;
  /** Numbers that it has in the file. */
  readonly parameters: number;
  /** Their bytes in the file. */
  readonly bytes: number;
  /** What they are in the file, where the loader says it: `f16`, `int8 at 14 bits, f32`. */
  readonly dtype?: string;
}

/** What a file holds. */
export interface ForeignModel {
  /** The name of the format: `keras-h5`, `keras-v3`, `tfjs-layers`, `pytorch`, `safetensors`, `onnx`, `tf1`, `npz`. */
  readonly format: string;
  /** The framework and version that wrote it, as the file says: `keras 2.3.0-tf`, `pytorch 1.11`; version null where it does not. */
  readonly framework: string;
  readonly version: string | null;
  /** What the framework does with padding, so that a run of the converted model does the same. */
  readonly semantics: Preset;
  /** In the order of computation. */
  readonly parts: readonly Part[];
  /** null where the parts, one after the other, are the whole model; else why they are not (a sentence). */
  readonly noChain: string | null;
}

/**
 * The path of a file beside, as another file names it.
 *
 * @param where what names it, for the message
 * @throws CongruentError `file`: it is empty, absolute or leads out of the folder
 */
export function besidePath(path: string, where: string): string {
  const parts = path.split(/[\\/]/);
  if (path === "" || parts.includes("..") || parts[0] === "" || /^[a-z]+:/i.test(path)) {
    throw expected("file", where, "a path inside the file's own folder", JSON.stringify(path));
  }
  return path;
}

/**
 * The bytes of a file beside another one.
 *
 * @param where what names it, for the message
 * @throws CongruentError `file`: its path is not one ({@link besidePath}), or it is not there
 */
export async function readBeside(file: ForeignFile, path: string, where: string): Promise<Uint8Array> {
  besidePath(path, where);
  try {
    if (!file.beside) throw new Error("no other files are given");
    return await file.beside(path);
  } catch (error) {
    if (error instanceof CongruentError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CongruentError("file", `${where}: expected ${path} beside ${file.name}, got none: ${reason}`, {
      cause: error,
    });
  }
}
