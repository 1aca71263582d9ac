import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import { fromOnnx } from "../../src/convert/onnx/gru.ts";
import { read } from "../../src/convert/pytorch/read.ts";
import { bidirectional, gru } from "../../src/kernel/layers.ts";
import type { BidirectionalLayer, GruLayer, Layer } from "../../src/layers/layer.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

/** GTCRN: 14 GRUs in a checkpoint of PyTorch 1.11 (with its optimizer), and the same ones in ONNX. */
const folder = modelFolder("gtcrn");
const checkpoint = "model_trained_on_dns3.tar";

interface OnnxGru {
  readonly name: string;
  readonly W: string;
  readonly R: string;
  readonly B: string;
  readonly direction: "forward" | "bidirectional";
  readonly hidden: number;
  readonly torch_prefix: string;
}
interface Case {
  readonly tolerance_abs: number;
  readonly inputs: Record<"X" | "h0", { readonly file: string; readonly shape: number[] }>;
  readonly expected: { readonly Y: { readonly file: string; readonly shape: number[] } };
}

const cases = ["GRU_153", "GRU_700", "GRU_780", "GRU_961"];
const load = () => read({ name: checkpoint, bytes: folder.bytes(checkpoint) });

/** The initializers of an ONNX graph, by name. */
function initializers(path: string): Map<string, { data: Float32Array; shape: number[] }> {
  const { root } = protobuf.parse(
    `
    syntax = "proto3";
    message TensorProto { repeated int64 dims = 1; int32 data_type = 2; string name = 8; bytes raw_data = 9; }
    message GraphProto { repeated TensorProto initializer = 5; }
    message ModelProto { GraphProto graph = 7; }
  `,
    { keepCase: true },
  );
  const type = root.lookupType("ModelProto");
  const { graph } = type.toObject(type.decode(folder.bytes(path)), { longs: Number, arrays: true }) as {
    graph: { initializer: { dims: number[]; name: string; raw_data?: Uint8Array }[] };
  };
  return new Map(
    graph.initializer
      .filter(({ raw_data }) => raw_data && raw_data.length % 4 === 0)
      .map(({ name, dims, raw_data }) => [
        name,
        { data: new Float32Array(Uint8Array.from(raw_data ?? []).buffer), shape: dims },
      ]),
  );
}

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

  it.each(["gtcrn_simple.onnx"])("has the bits of %s in all 14", async (path) => {
    const { parts } = await load();
    const tensors = initializers(path);
    const tensor = (name: string) => tensors.get(name) ?? new Float32Array();
    const grus = folder.json<OnnxGru[]>("grus.json");
    expect(grus.length).toBe(14);
    for (const { name, W, R, B, direction, hidden, torch_prefix } of grus) {
      const node = { W: tensor(W), R: tensor(R), B: tensor(B), linear_before_reset: 1, hidden_size: hidden } as const;
      const onnx =
        direction === "bidirectional"
          ? bidirectional(fromOnnx({ ...node, direction }))
          : gru(fromOnnx({ ...node, direction }));
      const [torch] = parts.find((part) => part.name === torch_prefix)?.layers ?? [];
      expect(weightsOf(torch), name).toEqual(weightsOf(onnx));
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
