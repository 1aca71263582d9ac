import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ForeignFile } from "../convert/foreign.ts";
import type { Format, LoadOptions } from "../convert/index.ts";
import { expected } from "../errors.ts";

/** What every command that reads a model takes. */
export interface ReadingOptions {
  readonly format?: Format;
  readonly config?: string;
  readonly mapping?: string;
  readonly head?: readonly string[];
  readonly graphOutput?: string;
}

/** What picks parts of a model. */
export interface SelectingOptions {
  readonly layer?: readonly string[];
  readonly node?: readonly string[];
}

/**
 * A model's file and those beside it. A folder is a SavedModel's or a TF.js model's; a path that only gets a file with
 * `.index` behind it, a checkpoint's.
 */
export async function openFile(path: string): Promise<ForeignFile> {
  const name = await findFile(path);
  return {
    name,
    bytes: new Uint8Array(await readFile(name)),
    beside: async (relative) => new Uint8Array(await readFile(join(dirname(name), relative))),
  };
}

async function findFile(path: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => null,
  );
  if (isFolder === false) return path;
  const candidates = isFolder ? [join(path, "saved_model.pb"), join(path, "model.json")] : [`${path}.index`];
  for (const candidate of candidates) if (await exists(candidate)) return candidate;
  if (isFolder === null) return path;
  throw expected(
    "file",
    path,
    `${candidates.map((candidate) => basename(candidate)).join(" or ")} in this folder`,
    "neither",
  );
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Options of the command line → those of the library. */
export async function readLoadOptions(options: ReadingOptions): Promise<LoadOptions> {
  const { format, config, mapping, head, graphOutput } = options;
  return {
    format,
    config: config === undefined ? undefined : await readFile(config, "utf8"),
    mapping: mapping === undefined ? undefined : (parseFile(await readFile(mapping, "utf8"), mapping) as never),
    head: head?.map((link) => {
      const at = link.indexOf("=");
      return at < 0 ? { kind: link } : { kind: link.slice(0, at), prefix: link.slice(at + 1) };
    }),
    output: graphOutput,
  };
}

/**
 * JSON out of a file.
 * @throws CongruentError `file`
 */
export function parseFile(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw expected("file", where, "JSON", (cause as Error).message);
  }
}
