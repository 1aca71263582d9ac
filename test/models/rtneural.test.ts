import { describe, expect, it } from "vitest";
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
