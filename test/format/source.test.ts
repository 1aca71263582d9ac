import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { readSource } from "../../src/format/source.ts";
import { writeModel } from "../../src/format/write.ts";
import { loadModel } from "../../src/index.ts";
import { dense } from "../../src/kernel/layers.ts";
import * as load from "../../src/load.ts";

const file = writeModel([dense({ units: 1, kernel: [[2]], bias: [1] })]);
const folder = mkdtempSync(join(tmpdir(), "congruent-"));
const path = join(folder, "model.safetensors");
let server: Server;
let origin: string;

beforeAll(async () => {
  writeFileSync(path, file);
  server = createServer((request, response) => {
    const found = request.url === "/model.safetensors";
    response.writeHead(found ? 200 : 404).end(found ? file : "not here");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

const padded = new Uint8Array(file.length + 8);
padded.set(file, 8);

// biome-ignore format: a table
const sources: [what: string, source: () => unknown][] = [
  ["bytes", () => file],
  ["a view into a larger buffer", () => padded.subarray(8)],
  ["a DataView", () => new DataView(padded.buffer, 8)],
  ["a Buffer of Node", () => Buffer.from(file)],
  ["an ArrayBuffer", () => file.buffer],
  ["an ArrayBuffer of another realm", () => Object.assign(runInNewContext(`new Uint8Array(${file.length})`), file).buffer],
  ["a SharedArrayBuffer", () => { const shared = new SharedArrayBuffer(file.length); new Uint8Array(shared).set(file); return shared; }],
  ["a Response", () => new Response(file)],
  ["a Blob", () => new Blob([file])],
  ["a promise of a response", () => fetch(`${origin}/model.safetensors`)],
  ["a URL", () => new URL(`${origin}/model.safetensors`)],
  ["a URL as a text", () => `${origin}/model.safetensors`],
  ["a data URL", () => `data:application/octet-stream;base64,${Buffer.from(file).toString("base64")}`],
  ["a file URL", () => pathToFileURL(path)],
  ["a file URL as a text", () => pathToFileURL(path).href],
  ["a path", () => path],
];

it.each(sources)("%s is read", async (_, source) => {
  expect(new Uint8Array(await readSource(source()))).toEqual(file);
  const model = await loadModel(source() as never);
  expect(model.run([[[3]]]).outputs.data).toEqual(Float32Array.of(7));
});

it("congruent/load refuses what is not a kernel", async () => {
  for (const kernel of [undefined, null, {}, { createModel: 1 }]) {
    await expect(load.loadModel(file, kernel as never)).rejects.toThrow("loadModel: expected a kernel");
  }
});

it("where there is no import(), the message names the entry that needs none", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../../src/index.ts", import.meta.url))],
    bundle: true,
    format: "iife",
    globalName: "congruent",
    external: ["./load.ts"],
    write: false,
  });
  // A script of a vm context has no import() unless it is given one.
  const refused = runInNewContext(`${outputFiles[0].text}; congruent.loadModel(new Uint8Array(1))`);
  await expect(refused).rejects.toMatchObject({ code: "file", message: expect.stringContaining("congruent/load") });
});

describe("without files, as in a browser", () => {
  it("a text is a URL", async () => {
    const fetched = vi.fn(async (_: string) => new Response(file));
    vi.stubGlobal("fetch", fetched);
    vi.stubGlobal("process", undefined);
    try {
      expect(await readSource("models/a.safetensors")).toEqual(file);
    } finally {
      vi.unstubAllGlobals();
    }
    expect(fetched).toHaveBeenCalledWith("models/a.safetensors");
  });

  it("and without fetch, as in an AudioWorklet, it is refused", async () => {
    vi.stubGlobal("fetch", undefined);
    vi.stubGlobal("process", undefined);
    try {
      const refused = readSource("a.safetensors");
      await expect(refused).rejects.toThrow("a.safetensors: expected a runtime with files or fetch, got neither");
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

// biome-ignore format: a table
const bad: [what: string, source: () => unknown, code: string, message: RegExp][] = [
  ["nothing", () => undefined, "input", /source: expected bytes, a Response, a URL or a path, got undefined/],
  ["null", () => null, "input", /got null/],
  ["a number", () => 5, "input", /got 5/],
  ["an object", () => ({}), "input", /got Object/],
  ["a path where nothing is", () => join(folder, "no.safetensors"), "file", /no.safetensors: expected a file, got ENOENT/],
  ["a folder", () => folder, "file", /expected a file, got EISDIR/],
  ["a URL where nothing is", () => `${origin}/no`, "file", /\/no: expected a response that is ok, got status 404/],
  ["a response that is not ok", () => new Response("", { status: 500 }), "file", /source: expected a response that is ok, got status 500/],
  ["a server that is not there", () => "http://127.0.0.1:1/", "file", /http:\/\/127.0.0.1:1\/: expected a file, got fetch failed/],
  ["a scheme that nobody knows", () => "gopher://a/b", "file", /gopher:\/\/a\/b: expected a file/],
];
it.each(bad)("%s is refused", async (_, source, code, message) => {
  await expect(readSource(source())).rejects.toThrow(
    expect.objectContaining({ code, message: expect.stringMatching(message) }),
  );
});

it("a promise that rejects is the caller's to see", async () => {
  await expect(readSource(Promise.reject(new TypeError("mine")))).rejects.toThrow(new TypeError("mine"));
});
