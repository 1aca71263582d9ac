import { CongruentError, expected, show } from "../errors.ts";

/** Whatever carries the bytes of a model file: bytes, a response or blob, a URL, a path in Node, Deno or Bun. */
export type ModelFileSource =
  | ArrayBuffer
  | ArrayBufferView
  | { arrayBuffer(): Promise<ArrayBuffer> }
  | { readonly href: string }
  | string;

/** What there is around us; each may be absent. */
interface Surroundings {
  readonly fetch?: (url: string) => Promise<Body>;
  readonly process?: { getBuiltinModule?(name: string): { readFile(path: unknown): Promise<Uint8Array> } };
}

/** A Response or a Blob. */
interface Body {
  arrayBuffer(): Promise<ArrayBuffer>;
  readonly ok?: boolean;
  readonly status?: number;
}

/**
 * The bytes of a file.
 *
 * A URL object, and a text that begins as a URL does, is fetched, except `file:`. Any other text is a path where there
 * are files, else a URL relative to the page.
 *
 * @throws CongruentError `file`: it cannot be read; `input`: it is nothing that could be
 */
export async function readSource(given: unknown): Promise<Uint8Array> {
  const source = await given;
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  // By tag: a buffer may come from another realm, where instanceof says no.
  if (/ArrayBuffer\]$/.test(Object.prototype.toString.call(source))) return new Uint8Array(source as ArrayBuffer);
  const address = typeof source === "string" ? source : (source as { href?: unknown } | null)?.href;
  if (typeof address !== "string") return readBody(source, "source");
  try {
    return await readAddress(address);
  } catch (cause) {
    throw cause instanceof CongruentError ? cause : expected("file", address, "a file", (cause as Error).message);
  }
}

async function readBody(body: unknown, where: string): Promise<Uint8Array> {
  const { arrayBuffer, ok, status } = (body ?? {}) as Partial<Body>;
  if (!arrayBuffer) throw expected("input", where, "bytes, a Response, a URL or a path", show(body));
  if (ok === false) throw expected("file", where, "a response that is ok", `status ${status}`);
  return new Uint8Array(await arrayBuffer.call(body));
}

async function readAddress(address: string): Promise<Uint8Array> {
  // Two letters at least: C:\ is not a URL's beginning.
  const scheme = /^[a-z][a-z\d+.-]+:/i.exec(address)?.[0].toLowerCase();
  const runtime = globalThis as Surroundings;
  const files = scheme && scheme !== "file:" ? undefined : runtime.process?.getBuiltinModule?.("node:fs/promises");
  if (files) return files.readFile(scheme ? new URL(address) : address);
  if (!runtime.fetch) throw expected("file", address, "a runtime with files or fetch", "neither");
  return readBody(await runtime.fetch(address), address);
}
