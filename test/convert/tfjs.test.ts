import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ForeignModel } from "../../src/convert/foreign.ts";
import { read } from "../../src/convert/tfjs/read.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation } from "../models/files.ts";

interface Case {
  readonly input: { readonly data: number[]; readonly shape: number[] };
  readonly outputs: { readonly data: number[]; readonly shape: number[] };
}

const folder = new URL("fixtures/tfjs/", import.meta.url);
const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, folder)));
const textOf = (path: string): string => readFileSync(new URL(path, folder), "utf8");
const cases = Object.entries(JSON.parse(textOf("expected.json")) as Record<string, Case>);

/** @param change what to damage in the JSON */
function load(name: string, change?: (json: ModelJson) => void): Promise<ForeignModel> {
  const json = JSON.parse(textOf(`${name}/model.json`)) as ModelJson;
  change?.(json);
  return read({
    name: "model.json",
    bytes: new TextEncoder().encode(JSON.stringify(json)),
    beside: async (path) => bytesOf(`${name}/${path}`),
  });
}

interface ModelJson {
  format: string;
  modelTopology: { keras_version: string } & Record<string, unknown>;
  weightsManifest: { paths: string[]; weights: Record<string, unknown>[] }[];
}

const layersOf = ({ parts }: ForeignModel) => parts.flatMap(({ layers }) => layers ?? []);

describe.each(engineTable)("TF.js models, %s", (_, { createModel }) => {
  it.each(cases)("%s gives what TF.js gives", async (name, { input, outputs }) => {
    const model = await load(name);
    expect(model.parts.filter(({ refusal }) => refusal !== null)).toEqual([]);
    expect([model.format, model.noChain]).toEqual(["tfjs-layers", null]);
    const native = !name.startsWith("converted");
    expect([model.framework, model.version, model.semantics]).toEqual(
      native ? ["tfjs-layers", "4.22.0", "tfjs"] : ["keras", "2.6.0", "keras"],
    );
    const x = { data: Float32Array.from(input.data), shape: input.shape };
    const got = createModel(layersOf(model)).run(x, { semantics: model.semantics }).outputs;
    expect(got.shape).toEqual(outputs.shape);
    expect(deviation(got.data, outputs.data)).toBeLessThanOrEqual(2e-6);
  });
});

it("quantized weights are smaller in the file, and the numbers that TF.js makes of them", async () => {
  const sizes = await Promise.all(
    ["converted", "converted-uint16", "converted-float16", "converted-uint8"].map(async (name) => {
      const { parts } = await load(name);
      return [parts[0].parameters, parts[0].bytes];
    }),
  );
  expect(sizes).toEqual([
    [54, 216],
    [54, 108],
    [54, 108],
    [54, 54],
  ]);
});

it.each<[string, (json: ModelJson) => void, RegExp]>([
  ["a graph model", (json) => Object.assign(json, { format: "graph-model" }), /a graph model/],
  ["no topology", (json) => Object.assign(json, { modelTopology: null }), /expected a modelTopology, got null/],
  ["no manifest", (json) => Object.assign(json, { weightsManifest: 1 }), /weightsManifest: expected a list/],
  ["a path upwards", (json) => json.weightsManifest[0].paths.push("../a.bin"), /inside the file's own folder/],
  ["an absolute path", (json) => json.weightsManifest[0].paths.push("/a.bin"), /inside the file's own folder/],
  ["a URL", (json) => json.weightsManifest[0].paths.push("https://a.b/c"), /inside the file's own folder/],
  ["a shard that is not there", (json) => json.weightsManifest[0].paths.push("a.bin"), /expected a file a.bin beside/],
  ["one shard too few", (json) => json.weightsManifest[0].paths.pop(), /bytes for shape .*, got \d+ in its shards/],
  ["one weight too few", (json) => json.weightsManifest[0].weights.pop(), /bytes of weights, got/],
  [
    "a giant shape",
    (json) => Object.assign(json.weightsManifest[0].weights[0], { shape: [2 ** 40, 2 ** 40] }),
    /got \d+ in its shards/,
  ],
  [
    "a shape that is giant and empty",
    ({ weightsManifest: [{ weights }] }) => {
      // What the others do not take is in the last one.
      Object.assign(weights[0], { shape: [2 ** 40, 0] });
      Object.assign(weights[weights.length - 1], { shape: [20] });
    },
    /has the shape \[1099511627776, 0\]/,
  ],
  [
    "an unknown quantization",
    (json) => Object.assign(json.weightsManifest[0].weights[0], { quantization: { dtype: "int4" } }),
    /quantization "int4"/,
  ],
  [
    "a quantization without a scale",
    (json) => Object.assign(json.weightsManifest[0].weights[0], { quantization: { dtype: "uint8", min: 0 } }),
    /expected a scale and a min/,
  ],
  [
    "complex numbers",
    (json) => Object.assign(json.weightsManifest[0].weights[0], { dtype: "complex64" }),
    /dtype "complex64"/,
  ],
  [
    "a weight of no layer",
    (json) => Object.assign(json.weightsManifest[0].weights[0], { name: "nobody/kernel" }),
    /is of no layer/,
  ],
  [
    "two weights in the wrong order",
    ({ weightsManifest: [{ weights }] }) => {
      [weights[0].name, weights[1].name] = [weights[1].name, weights[0].name];
    },
    /expected kernel as weight 0/,
  ],
])("refuses %s", async (_, change, message) => {
  await expect(load("converted", change)).rejects.toThrow(message);
});

it("takes what Keras meant where a model was converted: hard_sigmoid by its version", async () => {
  const slope = async (version: string) => {
    const [gru] = layersOf(
      await load("converted", (json) => Object.assign(json.modelTopology, { keras_version: version })),
    );
    return gru.kind === "gru" ? gru.recurrentActivation.alpha : Number.NaN;
  };
  expect(await slope("2.6.0")).toBe(Math.fround(0.2));
  expect(await slope("3.4.1")).toBe(Math.fround(1 / 6));
});

it("refuses a backward layer that TF.js would not use, and a JSON alone", async () => {
  const model = await load("native", ({ modelTopology }) => {
    const { layers } = modelTopology.config as { layers: { class_name: string; config: Record<string, unknown> }[] };
    for (const { class_name, config } of layers)
      if (class_name === "Bidirectional") config.backward_layer = config.layer;
  });
  expect(model.parts.map(({ refusal }) => refusal).filter((refusal) => refusal !== null)).toEqual([
    "pair: a backward_layer, which TF.js ignores",
  ]);
  await expect(read({ name: "model.json", bytes: bytesOf("native/model.json") })).rejects.toThrow(/beside it/);
});
