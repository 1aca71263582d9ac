import table from "text-table";
import { afterAll, describe, expect, it } from "vitest";
import { type ConvertOptions, convert } from "../../src/convert/convert.ts";
import { readForeign } from "../../src/convert/load.ts";
import { readModel, readTensorFile } from "../../src/convert/onnx/proto.ts";
import { readFloats } from "../../src/convert/onnx/tensor.ts";
import { selectLayers } from "../../src/convert/select.ts";
import { readModelFile } from "../../src/format/model-file.ts";
import { createModel, loadModel } from "../../src/index.ts";
import { withOperations } from "../../src/kernel/layers.ts";
import type { RunOptions } from "../../src/model/input.ts";
import type { Tensor } from "../../src/tensor.ts";
import { deviation, modelFolder } from "./files.ts";
import * as g2p from "./g2p.ts";
import * as gtcrn from "./gtcrn.ts";
import * as rnnoise from "./rnnoise.ts";

/**
 * Every real model: through its loader; and through convert, a model file and loadModel. Both have to be within the
 * tolerance, and have the same bits.
 */
const lines: string[][] = [["model", "from", "format", "loader", "model file", "tolerance"]];
const folders = Object.fromEntries(
  ["gtcrn", "g2p", "tf1-mnist", "keras23-circuit", "rtneural", "kerasjs", "onnx-node", "rnnoise"].map((name) => [
    name,
    modelFolder(name),
  ]),
);
const exists = Object.values(folders).every((folder) => folder.exists);

afterAll(() => {
  if (lines.length > 1) console.log(table(lines, { align: ["l", "l", "l", "r", "r", "r"], hsep: "  " }));
});

interface Subject {
  readonly model: string;
  readonly path: string;
  /** The file's bytes, where it is not one of the folder's. */
  readonly bytes?: Uint8Array;
  readonly options?: Omit<ConvertOptions, "sample">;
  readonly name?: string;
}

/** The layers that a loader gives, and the bytes of the model file. */
async function both({ model, path, bytes = folders[model].bytes(path), options = {} }: Subject) {
  const file = { name: path, bytes };
  const { layer, node, ...others } = options;
  const foreign = await readForeign(file, others);
  const direct = withOperations(selectLayers(foreign, { layer, node }, path));
  const { bytes: converted } = await convert(file, options);
  expect(readModelFile(converted).layers.length).toBe(direct.length);
  return { format: foreign.format, semantics: foreign.semantics, direct, converted };
}

function record(subject: Subject, format: string, loader: number, file: number, tolerance: number): void {
  const write = (value: number) => (value === 0 ? "0" : value.toExponential(1));
  lines.push([subject.model, subject.name ?? subject.path, format, write(loader), write(file), write(tolerance)]);
  expect(loader, "loader").toBeLessThanOrEqual(tolerance);
  expect(file, "model file").toBe(loader);
}

/** A model that runs as a whole. */
async function compare(
  subject: Subject,
  input: unknown,
  wanted: ArrayLike<number>,
  tolerance: number,
  options: RunOptions = {},
  twice = false,
): Promise<void> {
  const { format, semantics, direct, converted } = await both(subject);
  const run = { semantics, ...options };
  const first = createModel(direct).run(input as never, run).outputs;
  const model = await loadModel(converted);
  expect(model.semantics).toBe(semantics);
  const second = model.run(input as never, options).outputs;
  expect(second).toEqual(first);
  // Of what was run twice, the second time.
  const [a, b] = [first, second].map(({ data }) => deviation(twice ? data.slice(data.length / 2) : data, wanted));
  record(subject, format, a, b, tolerance);
}

describe.skipIf(!exists)("every real model, through its loader and through a model file", () => {
  const nodes = exists ? folders.gtcrn.json<gtcrn.OnnxGru[]>("grus.json") : [];

  it.each(nodes.map(({ name, torch_prefix }) => [name, torch_prefix] as const))("gtcrn %s, %s", async (node, layer) => {
    const subjects = [
      { model: "gtcrn", path: "gtcrn_simple.onnx", options: { node }, name: `gtcrn_simple.onnx ${node}` },
      { model: "gtcrn", path: gtcrn.checkpoint, options: { layer }, name: `${gtcrn.checkpoint} ${layer}` },
    ];
    const files = await Promise.all(subjects.map(both));
    const weights = files.map(({ converted }) => readModelFile(converted).layers.flatMap(gtcrn.weightsOf));
    // The checkpoint and the graph hold the same bits.
    expect(weights[0]).toEqual(weights[1]);
    if (!gtcrn.cases.includes(node)) return;
    const { tolerance_abs: tolerance } = folders.gtcrn.json<gtcrn.Case>(`${node}.case.json`);
    for (const [i, { format, direct, converted }] of files.entries()) {
      const loaded = withOperations(readModelFile(converted).layers);
      const [first, second] = [direct, loaded].map(([one]) => gtcrn.deviationOf(node, one, createModel));
      record(subjects[i], format, first, second, tolerance);
    }
  });

  it("g2p spells activationist", async () => {
    const part = (layer: string[]) => ({
      model: "g2p",
      path: "checkpoint20.npz",
      options: { mapping: g2p.mapping, layer },
    });
    const encoder = await both(part(["enc_embedding", "enc_gru"]));
    const decoder = await both(part(["dec_embedding", "dec_gru", "fc"]));
    const { activationist } = folders.g2p.json<{ activationist: string[] }>("expected.json");
    const spelled = [
      g2p.spell("activationist", createModel(encoder.direct), createModel(decoder.direct)),
      g2p.spell("activationist", await loadModel(encoder.converted), await loadModel(decoder.converted)),
    ];
    const wrong = spelled.map((phonemes) => Number(String(phonemes) !== String(activationist)));
    record({ ...part([]), name: `checkpoint20.npz: ${spelled[1].join(" ")}` }, encoder.format, wrong[0], wrong[1], 0);
  });

  it("tf1-mnist: all 100 digits", async () => {
    const folder = folders["tf1-mnist"];
    const input = { data: Float32Array.from(folder.column("input.placeholder.csv")), shape: [100, 28, 28] };
    const wanted = folder.column("output.prediction.csv");
    // TensorFlow printed eight decimals; NumPy is 4.6e-7 from them.
    await compare({ model: "tf1-mnist", path: "frozen_model.pb" }, input, wanted, 2e-6);
  });

  it("keras23-circuit", async () => {
    const folder = folders["keras23-circuit"];
    const { tolerance_abs: tolerance, inputs } = folder.json<{ tolerance_abs: number; inputs: { x: Tensor } }>(
      "rc64.case.json",
    );
    const input = { data: folder.floats("rc64.x.f32"), shape: inputs.x.shape };
    await compare({ model: "keras23-circuit", path: "gru_model.h5" }, input, folder.floats("rc64.y.f32"), tolerance);
  });

  const layersOf = (path: string) =>
    folders.rtneural.json<{ layers: { type: string; activation: string }[] }>(path).layers;
  const torch = ["gru=gru", "gru=gru2", "linear=dense"].map((link) => {
    const [kind, prefix] = link.split("=");
    return { kind, prefix };
  });
  it.each([
    ["gru", 100],
    ["gru_1d", 100],
    ["gru_torch", 1000],
  ] as const)("rtneural %s", async (name, steps) => {
    const path = `models/${name}.json`;
    const options = name === "gru_torch" ? { head: torch } : { mapping: mapRtneural(layersOf(path)) };
    const input = Float32Array.from(folders.rtneural.column(`test_data/${name}_x_python.csv`));
    const wanted = folders.rtneural.column(`test_data/${name}_y_python.csv`);
    await compare({ model: "rtneural", path, options }, { data: input, shape: [1, steps, 1] }, wanted, 1e-6);
  });

  const kerasjs = exists ? folders.kerasjs.json<{ attrs: Record<string, unknown> }[]>("GRU.attrs.json") : [];
  it.each(kerasjs.map(({ attrs }, i) => [i, attrs] as const))("kerasjs GRU %i", async (i, attrs) => {
    const fixture =
      folders.kerasjs.json<Record<string, { input: Tensor; expected: Tensor }>>("GRU.json")[`recurrent.GRU.${i}`];
    const { input, expected: wanted } = fixture;
    const bias = attrs.use_bias === false ? {} : { bias: "weights.2" };
    const hard = attrs.recurrent_activation === "hard_sigmoid";
    const gru = {
      kind: "gru" as const,
      weights: { kernel: "weights.0", recurrentKernel: "weights.1", ...bias },
      options: {
        activation: attrs.activation,
        recurrentActivation: hard ? "hard_sigmoid_0.2" : "sigmoid",
        resetAfter: false,
        returnSequences: attrs.return_sequences,
        goBackwards: attrs.go_backwards ?? false,
      },
    };
    // Of a stateful layer the fixture is the second call: its sequence twice.
    const twice = attrs.stateful === true;
    const data = Float32Array.from(twice ? [...input.data, ...input.data] : input.data);
    const batch = { data, shape: [1, twice ? 2 * input.shape[0] : input.shape[0], input.shape[1]] };
    const bytes = new TextEncoder().encode(JSON.stringify(fixture));
    const options = { mapping: { layout: "keras" as const, layers: [gru] } };
    const subject = { model: "kerasjs", path: `GRU.${i}.json`, bytes, options };
    // Six digits of inputs, weights and outputs, each rounded.
    await compare(subject, batch, wanted.data, 2e-6, { semantics: "keras" }, twice && attrs.return_sequences === true);
  });

  it.each(["test_gru_defaults", "test_gru_with_initial_bias", "test_gru_seq_length", "test_gru_batchwise"])(
    "onnx-node %s",
    async (name) => {
      const folder = folders["onnx-node"];
      const path = `${name}/model.onnx`;
      const { graph } = readModel(folder.bytes(path), name);
      const tensors = (kind: "input" | "output") =>
        Object.fromEntries(
          graph[`${kind}s`].map((_, i) => {
            const file = `${name}/test_data_set_0/${kind}_${i}.pb`;
            const proto = readTensorFile(folder.bytes(file), file);
            return [proto.name, { data: readFloats(proto), shape: [...proto.shape] }];
          }),
        );
      const { X, ...inputs } = tensors("input");
      const wanted = tensors("output");
      const layout = graph.nodes[0].attributes.get("layout")?.i ?? 0;
      const subject = { model: "onnx-node", path, options: { inputs } };
      const { format, semantics, direct, converted } = await both(subject);
      const run = { timeMajor: layout === 0 };
      const first = createModel(direct).run(X, { ...run, semantics });
      const second = (await loadModel(converted)).run(X, run);
      expect(second).toEqual(first);
      const off = [first, second].map(({ states }) => deviation(states[0].data, wanted.Y_h.data));
      record(subject, format, off[0], off[1], 1e-6);
    },
  );

  it("rnnoise, 600 frames", async () => {
    const folder = folders.rnnoise;
    const path = "weights_int8.json";
    const { mapping } = rnnoise;
    const names = {
      dense: "input_dense",
      vad_gru: "vad_gru",
      vad: "vad_output",
      noise_gru: "noise_gru",
      denoise_gru: "denoise_gru",
      gains: "denoise_output",
    };
    const load = async (make: (part: Awaited<ReturnType<typeof both>>) => Promise<ReturnType<typeof createModel>>) => {
      const models = Object.entries(names).map(
        async ([part, layer]) =>
          [part, await make(await both({ model: "rnnoise", path, options: { mapping, layer } }))] as const,
      );
      return Object.fromEntries(await Promise.all(models)) as Parameters<typeof rnnoise.runFrames>[0];
    };
    const input = folder.floats(folder.json<rnnoise.Case>("noisy600.case.json").inputs.x.file);
    for (const name of ["noisy600", "noisy600_exact"]) {
      const { expected: wanted, tolerance_abs: tolerance } = folder.json<rnnoise.Case>(`${name}.case.json`);
      const direct = rnnoise.runFrames(await load(async (part) => createModel(part.direct)), input);
      const loaded = rnnoise.runFrames(await load((part) => loadModel(part.converted)), input);
      expect(loaded).toEqual(direct);
      const off = [direct, loaded].map((results) =>
        Object.entries(wanted).map(([key, { file }]) =>
          deviation(results[key.replace(/_c$/, "") as rnnoise.Part], folder.floats(file)),
        ),
      );
      const [first, second] = off.map((values) => Math.max(...values));
      record({ model: "rnnoise", path, name: `${path}, ${name}` }, "json", first, second, tolerance);
    }
  });
});

/** RTNeural's Keras exporter, array by array. */
function mapRtneural(layers: readonly { readonly type: string; readonly activation: string }[]) {
  return {
    layout: "keras" as const,
    layers: layers.map(({ type, activation }, i) => {
      const names = type === "gru" ? ["kernel", "recurrentKernel", "bias"] : ["kernel", "bias"];
      const weights = Object.fromEntries(names.map((name, k) => [name, `layers.${i}.weights.${k}`]));
      return {
        kind: type === "gru" ? ("gru" as const) : ("dense" as const),
        weights,
        options: { activation: activation || "linear", ...(type === "gru" && { returnSequences: true }) },
      };
    }),
  };
}
