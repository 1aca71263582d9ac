import { describe, expect, it } from "vitest";
import { read as readOnnx } from "../../src/convert/onnx/read.ts";
import { read } from "../../src/convert/pytorch/read.ts";
import { bidirectional } from "../../src/kernel/layers.ts";
import type { BidirectionalLayer, GruLayer, Layer } from "../../src/layers/layer.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

/** GTCRN: 14 GRUs in a checkpoint of PyTorch 1.11 (with its optimizer), and the same ones in ONNX. */
const folder = modelFolder("gtcrn");
const checkpoint = "model_trained_on_dns3.tar";

interface OnnxGru {
  readonly name: string;
  readonly torch_prefix: string;
}
interface Case {
  readonly tolerance_abs: number;
  readonly inputs: Record<"X" | "h0", { readonly file: string; readonly shape: number[] }>;
  readonly expected: { readonly Y: { readonly file: string; readonly shape: number[] } };
}

const cases = ["GRU_153", "GRU_700", "GRU_780", "GRU_961"];
const load = () => read({ name: checkpoint, bytes: folder.bytes(checkpoint) });

/** Every weight, in one order. */
function weightsOf(layer: Layer): (Float32Array | null)[] {
  const of = ({ weights }: GruLayer) => [weights.kernel, weights.recurrentKernel, weights.bias, weights.recurrentBias];
  if (layer.kind === "bidirectional") return [...of(layer.forward), ...of(layer.backward)];
  return of(layer as GruLayer);
}

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
      const { inputs, expected, tolerance_abs: tolerance } = folder.json<Case>(`${name}.case.json`);
      const prefix = folder.json<OnnxGru[]>("grus.json").find((node) => node.name === name)?.torch_prefix;
      const part = (await load()).parts.find((candidate) => candidate.name === prefix);
      const [layer] = part?.layers ?? [];
      const model = createModel([layer.kind === "bidirectional" ? apart(layer) : layer]);
      const units = layer.kind === "bidirectional" ? layer.forward.units : (layer as GruLayer).units;
      const [x, h0, y] = [inputs.X, inputs.h0, expected.Y].map(({ file }) => folder.floats(file));
      const [frames, steps, batch, features] = inputs.X.shape;
      const directions = inputs.h0.shape[1];
      const sizes = [steps * batch * features, directions * batch * units, steps * directions * batch * units];
      expect([x.length, h0.length, y.length]).toEqual(sizes.map((size) => size * frames));
      for (let frame = 0; frame < frames; frame++) {
        const at = (data: Float32Array, size: number) => data.subarray(frame * size, (frame + 1) * size);
        const begin = at(h0, sizes[1]);
        const initialState = Array.from({ length: directions }, (_, d) => ({
          data: begin.slice(d * batch * units, (d + 1) * batch * units),
          shape: [batch, units],
        }));
        const { outputs, backwardOutputs } = model.run(
          { data: at(x, sizes[0]), shape: [steps, batch, features] },
          { timeMajor: true, semantics: "pytorch", initialState },
        );
        // ONNX has the directions before the batch: [T, D, B, H].
        const got = Array.from({ length: steps }, (_, step) =>
          [outputs, backwardOutputs].flatMap((tensor) =>
            tensor ? [...tensor.data.subarray(step * batch * units, (step + 1) * batch * units)] : [],
          ),
        ).flat();
        expect(deviation(got, at(y, sizes[2])), `frame ${frame}`).toBeLessThanOrEqual(tolerance);
      }
    });
  },
);

/** The same layer, its two outputs not concatenated. */
function apart(layer: BidirectionalLayer): BidirectionalLayer {
  return bidirectional({ forward: layer.forward, backward: layer.backward, mergeMode: "none" });
}
