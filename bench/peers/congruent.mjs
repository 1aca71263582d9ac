/** Ours, as a user has it: the built package, `runInto` and `stream`. */
import { bidirectional, createModel, dense, embedding, gru } from "../../dist/index.js";
import { concatenate } from "./outputs.mjs";

export const name = "congruent";

/**
 * @param {import("../workload.mjs").Workload} work
 * @param {import("../workload.mjs").Input[]} inputs
 * @param {(layers: import("../../dist/index.js").Layer[]) => import("../../dist/index.js").Model} [make]
 * @returns {import("../measure.mjs").Contender}
 */
export function open(work, inputs, make = createModel) {
  const models = work.chains.map((layers) => make(layers.map(toLayer)));
  return work.carried ? openStreams(work, models, inputs) : openRuns(work, models, inputs);
}

/** @param {import("../workload.mjs").Layer} layer */
export function toLayer(layer) {
  switch (layer.kind) {
    case "gru":
      return gru(gruOptions(layer));
    case "bidirectional":
      return bidirectional({ forward: gruOptions(layer.forward), backward: gruOptions(layer.backward) });
    case "embedding":
      return embedding({ weights: { data: layer.weights, shape: [layer.vocabulary, layer.features] } });
    default:
      return dense({
        units: layer.units,
        kernel: { data: layer.kernel, shape: [layer.inputs, layer.units] },
        bias: layer.bias,
        activation: "softmax",
      });
  }
}

/** @param {import("../workload.mjs").Gru} layer */
function gruOptions(layer) {
  const { kind, inputs, kernel, recurrentKernel, ...options } = layer;
  return {
    ...options,
    kernel: { data: kernel, shape: [inputs, 3 * layer.units] },
    recurrentKernel: { data: recurrentKernel, shape: [layer.units, 3 * layer.units] },
  };
}

function openStreams({ batch }, models, inputs) {
  const streams = models.map((model) => model.stream({ rows: batch }));
  const outs = streams.map(({ outputSize }) => new Float32Array(outputSize));
  const mask = inputs.length - 1;
  return {
    name,
    async: false,
    begin() {
      for (const stream of streams) stream.reset();
    },
    repeat: streams.length === 1 ? repeatOne(streams[0], inputs, outs[0]) : repeatAll,
    read: () => concatenate(outs),
    close() {},
  };

  function repeatAll(first, count) {
    for (let call = first; call < first + count; call++) {
      const frames = inputs[call & mask];
      for (let chain = 0; chain < streams.length; chain++) streams[chain].step(frames[chain], outs[chain]);
    }
  }
}

/** The loop of one stream alone: a step of the smallest ones takes no longer than a loop over streams would. */
function repeatOne(stream, inputs, out) {
  const frames = inputs.map(([frame]) => frame);
  const mask = frames.length - 1;
  return (first, count) => {
    for (let call = first; call < first + count; call++) stream.step(frames[call & mask], out);
  };
}

function openRuns({ chains, batch, steps, lengths }, models, inputs) {
  const shaped = inputs.map((input) =>
    input.map((data, chain) => {
      const width = data.length / (batch * steps);
      return { data, shape: chains[chain][0].kind === "embedding" ? [batch, steps] : [batch, steps, width] };
    }),
  );
  const options = lengths ? { lengths, semantics: "tf1" } : {};
  const outs = models.map((model, chain) => model.run(shaped[0][chain], options).outputs.data);
  const mask = inputs.length - 1;
  return {
    name,
    async: false,
    begin() {},
    repeat(first, count) {
      for (let call = first; call < first + count; call++) {
        const input = shaped[call & mask];
        for (let chain = 0; chain < models.length; chain++) models[chain].runInto(outs[chain], input[chain], options);
      }
    },
    read: () => concatenate(outs),
    close() {},
  };
}
