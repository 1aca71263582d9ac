import { describe, expect, it } from "vitest";
import { read } from "../../src/convert/json/read.ts";
import type { Mapping } from "../../src/convert/mapping/mapping.ts";
import { fromPyTorchModule } from "../../src/convert/pytorch.ts";
import { dense, gru } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

const folder = modelFolder("rtneural");

/** A layer as RTNeural's Keras exporter writes it; a GRU has kernel, recurrent kernel and both biases. */
interface ExportedLayer {
  readonly type: "time-distributed-dense" | "dense" | "gru";
  readonly activation: "tanh" | "sigmoid" | "";
  readonly shape: readonly [null, null, number];
  readonly weights: [number[][], number[] | number[][]] | [number[][], number[][], number[][]];
}

function kerasLayers(path: string): Layer[] {
  return folder.json<{ layers: ExportedLayer[] }>(path).layers.map((layer) => {
    const units = layer.shape[2];
    const activation = layer.activation || "linear";
    if (layer.type === "gru") {
      const [kernel, recurrentKernel, bias] = layer.weights as number[][][];
      return gru({ units, kernel, recurrentKernel, bias, activation, returnSequences: true });
    }
    const [kernel, bias] = layer.weights as [number[][], number[]];
    return dense({ units, kernel, bias, activation });
  });
}

/** `GRU(1, 8)`, `GRU(8, 8, num_layers=3)` and `Linear(8, 1)`, one state dict. */
function torchLayers(path: string): Layer[] {
  const state = folder.json<Record<string, number[][]>>(path);
  const kernel = state["dense.weight"][0].map((weight) => [weight]);
  return [
    ...fromPyTorchModule(state, { prefix: "gru" }),
    ...fromPyTorchModule(state, { prefix: "gru2" }),
    dense({ units: 1, kernel, bias: state["dense.bias"] as unknown as number[] }),
  ];
}

const models = [
  { name: "gru", steps: 100, layers: 4, make: kerasLayers },
  { name: "gru_1d", steps: 100, layers: 3, make: kerasLayers },
  { name: "gru_torch", steps: 1000, layers: 5, make: torchLayers },
] as const;

/** Outputs are below 1, in f32: a few roundings. */
const tolerance = 1e-6;

describe.skipIf(!folder.exists).each(engineTable)("RTNeural's reference models, %s", (_, { createModel }) => {
  it.each(models.map((model) => [model.name, model] as const))("%s", (name, { steps, layers: count, make }) => {
    const layers = make(`models/${name}.json`);
    expect(layers.length).toBe(count);
    const input = Float32Array.from(folder.column(`test_data/${name}_x_python.csv`));
    const expected = folder.column(`test_data/${name}_y_python.csv`);
    const model = createModel(layers);

    const { outputs } = model.run({ data: input, shape: [1, steps, 1] });
    expect(outputs.shape).toEqual([1, steps, 1]);
    expect(deviation(outputs.data, expected)).toBeLessThanOrEqual(tolerance);

    const stream = model.stream();
    const out = new Float32Array(1);
    const streamed = Float32Array.from(input, (sample) => {
      stream.step(Float32Array.of(sample), out);
      return out[0];
    });
    expect(streamed).toEqual(outputs.data);
  });
});

describe.skipIf(!folder.exists)("RTNeural's files by the JSON loader", () => {
  const file = (name: string) => ({ name, bytes: folder.bytes(`models/${name}`) });
  const nameless = (layers: readonly Layer[]) => layers.map((layer) => ({ ...layer, name: "" }));

  it("reads PyTorch's state dict, and the chain that is asked for", async () => {
    const head = [
      { kind: "gru", prefix: "gru" },
      { kind: "gru", prefix: "gru2" },
      { kind: "linear", prefix: "dense" },
    ];
    const { parts, noChain } = await read(file("gru_torch.json"), { head });
    expect([parts.length, noChain]).toEqual([3, null]);
    const layers = parts.flatMap((part) => part.layers ?? []);
    expect(layers.map(({ name }) => name)).toEqual(["gru", "gru2.l0", "gru2.l1", "gru2.l2", "dense"]);
    expect(nameless(layers)).toEqual(nameless(torchLayers("models/gru_torch.json")));
  });

  it("reads Keras's layers by a mapping, array by array", async () => {
    const weights = (i: number, names: readonly string[]) =>
      Object.fromEntries(names.map((name, k) => [name, `layers.${i}.weights.${k}`]));
    const feedForward = (i: number, activation: string) => ({
      kind: "dense" as const,
      weights: weights(i, ["kernel", "bias"]),
      options: { activation },
    });
    const mapping: Mapping = {
      layout: "keras",
      layers: [
        feedForward(0, "tanh"),
        {
          kind: "gru",
          weights: weights(1, ["kernel", "recurrentKernel", "bias"]),
          options: { returnSequences: true },
        },
        feedForward(2, "sigmoid"),
        feedForward(3, "linear"),
      ],
    };
    const { parts, semantics, noChain } = await read(file("gru.json"), { mapping });
    expect([semantics, noChain]).toEqual(["keras", null]);
    const layers = parts.flatMap((part) => part.layers ?? []);
    expect(nameless(layers)).toEqual(nameless(kerasLayers("models/gru.json")));
  });
});
