import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeModel } from "../../src/format/write.ts";
import * as entry from "../../src/kernel/layers.ts";
import * as computed from "../../src/layers/index.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { loadModel } from "../../src/load.ts";
import { engineTable } from "../conformance/engines.ts";

/** A tensor in `keras.json`: what is not finite is a text there. */
interface Recorded {
  readonly shape: number[];
  readonly data: (number | string)[];
}

type Described = [kind: string, options: Record<string, unknown>];

interface Case {
  readonly name: string;
  readonly kind: string;
  readonly options: Record<string, unknown>;
  readonly input: Recorded;
  readonly mask?: number[][];
  readonly output: Recorded;
}

const recorded: {
  cases: Case[];
  stacks: { name: string; layers: Described[]; input: number[][]; output: Recorded }[];
} = JSON.parse(readFileSync(new URL("keras.json", import.meta.url), "utf8"));

const toNumber = (value: number | string): number => Number(String(value).replace("inf", "Infinity"));
const floats = ({ data }: Recorded): Float32Array => Float32Array.from(data, toNumber);

const makers = { ...entry, ...computed } as unknown as Record<string, (options: unknown) => Layer>;

function make([kind, options]: Described): Layer {
  const values = Object.entries(options).map(([key, value]) => {
    const tensor = value as Recorded | null;
    return [key, tensor?.shape ? { shape: tensor.shape, data: floats(tensor) } : value];
  });
  return makers[kind](Object.fromEntries(values));
}

/** Of numbers around 1: some roundings in another order. */
function expectClose(actual: Float32Array, wanted: Recorded): void {
  const expected = floats(wanted);
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(expected[i])) expect(actual[i]).toBe(expected[i]);
    else expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(3e-6 * Math.max(1, Math.abs(expected[i])));
  }
}

/** A dense layer that changes nothing, and takes one output or a sequence. */
function identity(features: number): Layer {
  const kernel = Float32Array.from({ length: features ** 2 }, (_, i) => Number(i % (features + 1) === 0));
  return entry.dense({ units: features, kernel, name: "identity" });
}

/** A GRU that ends a sequence of one step with what went in: z = 0, n = x. */
function lastStep(features: number): Layer {
  const kernel = new Float32Array(3 * features ** 2);
  for (let i = 0; i < features; i++) kernel[i * 3 * features + 2 * features + i] = 1;
  const bias = Float32Array.from({ length: 3 * features }, (_, i) => (i < features ? -1e4 : 0));
  const recurrentKernel = new Float32Array(3 * features ** 2);
  return entry.gru({ units: features, kernel, recurrentKernel, bias, activation: "linear", name: "last" });
}

describe.each(engineTable)("layers that bring their computation, against Keras: %s", (_, { createModel }) => {
  it.each(recorded.cases.map((one) => [one.name, one] as const))("%s", (_, { kind, options, input, mask, output }) => {
    const features = input.shape[input.shape.length - 1];
    const sequence = input.shape.length === 3;
    const layers = [sequence ? identity(features) : lastStep(features), make([kind, options])];
    const shape = sequence ? input.shape : [input.shape[0], 1, features];
    const model = createModel(layers);
    const { outputs } = model.run({ data: floats(input), shape }, { mask });
    expect(outputs.shape).toEqual(output.shape);
    expectClose(outputs.data, output);
  });

  it.each(recorded.stacks.map((one) => [one.name, one] as const))("%s", async (_, { layers, input, output }) => {
    const made = layers.map(make);
    const { outputs, mask } = createModel(made).run(input);
    expect(outputs.shape).toEqual(output.shape);
    expectClose(outputs.data, output);
    expect(mask).toBe(null);
    // And through a file.
    const loaded = await loadModel(writeModel(made, { sample: { input } }), { createModel });
    expect(loaded.run(input).outputs).toEqual(outputs);
    expect(loaded.verify()).toEqual({ deviation: 0, tolerance: 0 });
  });
});
