import { describe, expect, it } from "vitest";
import { read as readOnnx } from "../../src/convert/onnx/read.ts";
import { read } from "../../src/convert/pytorch/read.ts";
import { engineTable } from "../conformance/engines.ts";
import { type Case, cases, checkpoint, deviationOf, folder, type OnnxGru, weightsOf } from "./gtcrn.ts";

const load = () => read({ name: checkpoint, bytes: folder.bytes(checkpoint) });

describe.skipIf(!folder.exists)("GTCRN's checkpoint", () => {
  it("has 14 GRUs, all of them found", async () => {
    const { parts, noChain } = await load();
    const prefixes = folder.json<OnnxGru[]>("grus.json").map(({ torch_prefix }) => torch_prefix);
    const found = parts.filter(({ kind }) => kind === "GRU");
    expect(found.map(({ name }) => name).sort()).toEqual([...prefixes].sort());
    expect(found.every(({ layers }) => layers?.length === 1)).toBe(true);
    expect(noChain).toContain("it has 14 GRUs");
  });

  it.each(["gtcrn_simple.onnx", "gtcrn.onnx"])("has the bits of %s in all 14", async (path) => {
    const { parts } = await load();
    const onnx = await readOnnx({ name: path, bytes: folder.bytes(path) });
    expect(onnx).toMatchObject({ format: "onnx", framework: "pytorch", version: "1.11.0", semantics: "onnx" });
    expect(onnx.noChain).toContain("it has parts that are refused");
    expect(onnx.parts.filter(({ kind }) => kind === "GRU").length).toBe(14);
    const grus = folder.json<OnnxGru[]>("grus.json");
    expect(grus.length).toBe(14);
    const names =
      path === "gtcrn.onnx" ? onnx.parts.filter(({ kind }) => kind === "GRU").map(({ name }) => name) : null;
    for (const [index, { name, torch_prefix }] of grus.entries()) {
      const [node] = onnx.parts.find((part) => part.name === (names?.[index] ?? name))?.layers ?? [];
      const [torch] = parts.find((part) => part.name === torch_prefix)?.layers ?? [];
      expect(weightsOf(torch), name).toEqual(weightsOf(node));
    }
  });
});

describe.skipIf(!folder.exists).each(engineTable)(
  "GTCRN's GRUs in 64 frames of its stream, %s",
  (_, { createModel }) => {
    it.each(cases)("%s", async (name) => {
      const { tolerance_abs: tolerance } = folder.json<Case>(`${name}.case.json`);
      const prefix = folder.json<OnnxGru[]>("grus.json").find((node) => node.name === name)?.torch_prefix;
      const part = (await load()).parts.find((candidate) => candidate.name === prefix);
      const [layer] = part?.layers ?? [];
      expect(deviationOf(name, layer, createModel)).toBeLessThanOrEqual(tolerance);
    });
  },
);
