import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { convert } from "../../src/convert/convert.ts";
import type { ForeignFile, ForeignModel } from "../../src/convert/foreign.ts";
import { read as readH5 } from "../../src/convert/keras-h5/read.ts";
import { read as readV3 } from "../../src/convert/keras-v3/read.ts";
import { CongruentError } from "../../src/errors.ts";
import { readModelFile } from "../../src/format/model-file.ts";
import { withOperations } from "../../src/kernel/layers.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Preset } from "../../src/sequence/semantics.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "../models/files.ts";

interface Case {
  readonly files: readonly string[];
  readonly semantics: Preset;
  readonly input: { readonly data: number[]; readonly shape: number[] };
  readonly outputs: { readonly data: number[]; readonly shape: number[] };
}

const folder = new URL("fixtures/keras/", import.meta.url);
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(name, folder)));
const textOf = (name: string): string => readFileSync(new URL(name, folder), "utf8");
const fileOf = (name: string): ForeignFile => ({ name, bytes: bytesOf(name) });
const cases = Object.entries(JSON.parse(textOf("expected.json")) as Record<string, Case>);

/** As a user: weights alone have the configuration given beside them. */
function load(name: string): Promise<ForeignModel> {
  if (name.endsWith(".keras")) return readV3(fileOf(name));
  const config = name.endsWith(".weights.h5") ? textOf(name.replace(".weights.h5", ".json")) : undefined;
  return readH5(fileOf(name), { config });
}

const refusals = ({ parts }: ForeignModel) => parts.filter(({ refusal }) => refusal !== null);
const layersOf = ({ parts }: ForeignModel) => parts.flatMap(({ layers }) => layers ?? []);

describe.each(engineTable)("Keras files, %s", (_, { createModel }) => {
  it.each(cases.flatMap(([name, wanted]) => wanted.files.map((file) => [file, name, wanted] as const)))(
    "%s gives what Keras gives",
    async (file, _, { input, outputs, semantics }) => {
      const model = await load(file);
      expect(refusals(model)).toEqual([]);
      expect(model.noChain).toBeNull();
      expect(model.semantics).toBe(semantics);
      const got = createModel(layersOf(model)).run(
        { data: Float32Array.from(input.data), shape: input.shape },
        { semantics: model.semantics },
      ).outputs;
      expect(got.shape).toEqual(outputs.shape);
      expect(deviation(got.data, outputs.data)).toBeLessThanOrEqual(2e-6);
    },
  );

  it.each(cases.flatMap(([, { files, input }]) => files.map((file) => [file, input] as const)))(
    "%s is the same once converted",
    async (file, input) => {
      const model = await load(file);
      const config = file.endsWith(".weights.h5") ? textOf(file.replace(".weights.h5", ".json")) : undefined;
      const converted = readModelFile((await convert(fileOf(file), { config })).bytes, file);
      expect(converted.semantics).toBe(model.semantics);
      expect(converted.source).toMatchObject({ format: model.format, framework: "keras", version: model.version });
      const x = { data: Float32Array.from(input.data), shape: input.shape };
      const run = (layers: readonly Layer[]) => createModel(layers).run(x, { semantics: model.semantics });
      expect(run(withOperations(converted.layers))).toEqual(run(layersOf(model)));
    },
  );

  const circuit = modelFolder("keras23-circuit");
  it.skipIf(!circuit.exists)("CircuitRNN of tf.keras 2.3 gives what Keras gives", async () => {
    const model = await readH5({ name: "gru_model.h5", bytes: circuit.bytes("gru_model.h5") });
    const { tolerance_abs: tolerance, inputs } = circuit.json<{
      tolerance_abs: number;
      inputs: { x: { shape: number[] } };
    }>("rc64.case.json");
    expect([model.framework, model.version, model.semantics]).toEqual(["keras", "2.3.0-tf", "keras"]);
    const x = { data: circuit.floats("rc64.x.f32"), shape: inputs.x.shape };
    const { outputs } = createModel(layersOf(model)).run(x);
    expect(deviation(outputs.data, circuit.floats("rc64.y.f32"))).toBeLessThanOrEqual(tolerance);
  });
});

it("names the parts as Keras does, and counts them", async () => {
  const { parts, format, framework, version } = await load("stack.h5");
  expect([format, framework, version]).toEqual(["keras-h5", "keras", "3.15.1"]);
  expect(parts.map(({ name, kind, parameters, bytes }) => [name, kind, parameters, bytes])).toMatchInlineSnapshot(`
    [
      [
        "input_layer",
        "InputLayer",
        0,
        0,
      ],
      [
        "masking",
        "Masking",
        0,
        0,
      ],
      [
        "gru",
        "GRU",
        63,
        252,
      ],
      [
        "dropout",
        "Dropout",
        0,
        0,
      ],
      [
        "bidirectional",
        "Bidirectional",
        84,
        336,
      ],
      [
        "time_distributed",
        "TimeDistributed",
        10,
        40,
      ],
      [
        "gru_2",
        "GRU",
        24,
        96,
      ],
      [
        "dense_1",
        "Dense",
        6,
        24,
      ],
    ]
  `);
});

it("gives the same layers from every file of one model", async () => {
  for (const name of ["stack", "tokens"]) {
    const [h5, v3, weights] = await Promise.all(
      [`${name}.h5`, `${name}.keras`, `${name}.weights.h5`].map(async (file) => layersOf(await load(file))),
    );
    expect(v3).toEqual(h5);
    expect(weights).toEqual(h5);
  }
});

it("never executes a Lambda: it is refused by name, and the layers around it are there", async () => {
  const model = await load("lambda.keras");
  expect(refusals(model).map(({ name, kind, refusal }) => [name, kind, refusal])).toEqual([
    ["lambda", "Lambda", "lambda: is of the class Lambda, which congruent does not have"],
  ]);
  expect(layersOf(model).map(({ kind }) => kind)).toEqual(["gru"]);
});

it("says why a model is no chain, and gives its parts", async () => {
  const model = await load("branches.keras");
  expect(model.noChain).toMatch(/takes|is given|feeds/);
  expect(layersOf(model).map(({ kind }) => kind)).toEqual(["gru", "gru"]);
});

it("asks for the configuration where a file has weights only", async () => {
  await expect(readH5(fileOf("stack.weights.h5"))).rejects.toThrow(/weights only; give the model's configuration/);
});

/** A file of weights with its configuration changed. */
async function reconfigured(change: (gru: Record<string, unknown>) => void, name = "stack"): Promise<ForeignModel> {
  const model = JSON.parse(textOf(`${name}.json`));
  const layers: { class_name: string; config: Record<string, unknown> }[] = model.config.layers;
  for (const { class_name, config } of layers) if (class_name === "GRU") change(config);
  return readH5(fileOf(`${name}.weights.h5`), { config: JSON.stringify(model) });
}

it.each<[string, Record<string, unknown>, RegExp]>([
  ["an unknown option", { peephole: true }, /an option "peephole" that is not known here/],
  ["time-major inputs", { time_major: true }, /time_major true/],
  ["a 16-bit policy", { dtype: "mixed_float16" }, /computes in mixed_float16/],
  [
    "a 16-bit policy, serialized",
    { dtype: { class_name: "DTypePolicy", config: { name: "bfloat16" } } },
    /computes in bfloat16/,
  ],
  ["an unknown activation", { activation: "crelu" }, /activation "crelu" is not known here/],
  ["softmax in a cell", { activation: "softmax" }, /activation softmax, which is not elementwise/],
  [
    "a function of the user's",
    { activation: { class_name: "function", config: "mine", module: "builtins" } },
    /activation "mine" is not known here/,
  ],
  ["no recurrent activation", { recurrent_activation: undefined }, /says no recurrent_activation/],
  ["a flag that is none", { go_backwards: "yes" }, /expected go_backwards to be true or false, got "yes"/],
])("refuses %s in the layer that has it, and no other", async (_, options, message) => {
  const model = await reconfigured((config) => Object.assign(config, options));
  expect(refusals(model).map(({ kind }) => kind)).toEqual(["GRU", "GRU"]);
  for (const { refusal } of refusals(model)) expect(refusal).toMatch(message);
});

it("refuses weights that are not those of the configuration", async () => {
  await expect(reconfigured((config) => Object.assign(config, { units: 4 }))).rejects.toThrow(/expected shape/);
  await expect(reconfigured((config) => Object.assign(config, { use_bias: true }))).rejects.toThrow(/3 weights/);
});

it("takes hard_sigmoid as the version that wrote it", async () => {
  const slopeOf = async (name: string): Promise<number> => {
    const layer = layersOf(await load(name)).find(({ kind }) => kind === "gru");
    if (layer?.kind !== "gru") throw new Error("no gru");
    expect(layer.recurrentActivation.name).toBe("hard_sigmoid");
    return layer.recurrentActivation.alpha;
  };
  expect(await slopeOf("stack.h5")).toBe(Math.fround(1 / 6));
  expect(await slopeOf("stack.keras")).toBe(Math.fround(1 / 6));
  expect(await slopeOf("keras1.h5")).toBe(Math.fround(0.2));
  expect(await slopeOf("keras2.h5")).toBe(Math.fround(0.2));
});

it("refuses what is no HDF5 or no Keras file, with a CongruentError", async () => {
  const whole = bytesOf("small.h5");
  for (const bytes of [new Uint8Array(0), new Uint8Array(200), whole.slice(0, 50), whole.slice(0, -1)]) {
    const error = await readH5({ name: "x.h5", bytes }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CongruentError);
    expect((error as CongruentError).code).toBe("file");
  }
  await expect(readV3({ name: "x.keras", bytes: whole })).rejects.toThrow(CongruentError);
});
