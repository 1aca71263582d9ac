import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { convert } from "../../src/convert/convert.ts";
import type { ForeignFile } from "../../src/convert/foreign.ts";
import { readForeign } from "../../src/convert/load.ts";
import { loadModel } from "../../src/index.ts";

function file(path: string): ForeignFile {
  const url = new URL(`fixtures/${path}`, import.meta.url);
  return {
    name: path,
    bytes: Uint8Array.from(readFileSync(url)),
    beside: async (other) => readFileSync(new URL(other, url)),
  };
}

describe("graphs through convert", () => {
  it.each([
    "onnx/encoder-torchscript.onnx",
    "onnx/normal-dynamo.onnx",
    "onnx/node-external.onnx",
    "tf1/bidirectional.pb",
    "tf1/last-state-saved/saved_model.pb",
    "tf1/last-state-checkpoint/model.ckpt.index",
  ])("%s becomes a model file that loads", async (path) => {
    const { bytes, model } = await convert(file(path));
    const loaded = await loadModel(bytes);
    expect(loaded.layers.map(({ name }) => name)).toEqual(
      model.parts.flatMap(({ layers }) => layers ?? []).map(({ name }) => name),
    );
  });

  it("a checkpoint is the same by its .index and its .meta", async () => {
    const [index, meta] = await Promise.all(
      ["index", "meta"].map((ending) => readForeign(file(`tf1/last-state-checkpoint/model.ckpt.${ending}`))),
    );
    expect(JSON.stringify(meta)).toBe(JSON.stringify(index));
  });

  it("one GRU by its name out of a model that is no chain", async () => {
    const given = file("onnx/attention-dynamo.onnx");
    await expect(convert(given)).rejects.toMatchObject({
      code: "unsupported",
      message: expect.stringContaining("what can be taken by itself"),
    });
    const { parts } = await readForeign(given);
    const name = parts.find(({ kind }) => kind === "GRU")?.name;
    const { bytes } = await convert(given, { node: name });
    expect((await loadModel(bytes)).layers).toMatchObject([{ kind: "gru", units: 4, returnSequences: true }]);
  });

  it("weights that a graph takes as inputs", async () => {
    const cases: { file: string; given?: Record<string, { data: number[]; shape: number[] }> }[] = JSON.parse(
      readFileSync(new URL("fixtures/onnx/cases.json", import.meta.url), "utf8"),
    );
    const inputs = cases.find((one) => one.file === "node-inputs.onnx")?.given;
    const { bytes } = await convert(file("onnx/node-inputs.onnx"), { inputs });
    expect((await loadModel(bytes)).layers).toHaveLength(1);
    await expect(convert(file("onnx/node-inputs.onnx"))).rejects.toMatchObject({
      message: expect.stringContaining("have to be given beside it"),
    });
  });
});
