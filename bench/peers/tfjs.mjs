/** TensorFlow.js layers on two of its back ends. Its GRU knows reset before only. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { flopsOf } from "../workload.mjs";
import { concatenate } from "./outputs.mjs";

/** @returns {Promise<import("./peer.mjs").Peer>} */
export async function tfjsWasm() {
  const tf = await loadTfjs();
  const backend = await import("@tensorflow/tfjs-backend-wasm");
  const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
  backend.setWasmPaths(join(dirname(main), "/"));
  backend.setThreadsCount(1);
  return peer("tfjs-wasm", tf, "wasm");
}

/** @returns {Promise<import("./peer.mjs").Peer>} */
export async function tfjsCpu() {
  return peer("tfjs-cpu", await loadTfjs(), "cpu");
}

async function loadTfjs() {
  const { default: tf } = await import("@tensorflow/tfjs");
  // Its fastest mode; it also keeps its advertisement out of the results.
  tf.enableProdMode();
  return tf;
}

function peer(name, tf, backend) {
  return {
    name,
    refuses(work, { flops }) {
      const layers = work.chains.flat();
      if (layers.some(({ kind }) => kind === "embedding" || kind === "dense")) return "recurrent layers only, here";
      if (layers.some((layer) => (layer.forward ?? layer).resetAfter)) return "it cannot reset after";
      if (work.lengths) return "it has no lengths";
      return flopsOf(work) > flops[name] ? "it would take too long" : null;
    },
    open: (work, inputs) => open(name, tf, backend, work, inputs),
  };
}

/** @returns {Promise<import("../measure.mjs").Contender>} */
async function open(name, tf, backend, { chains, batch, steps, carried }, inputs) {
  await tf.setBackend(backend);
  await tf.ready();
  const models = chains.map((layers) => build(tf, layers, batch, steps, carried));
  const tensors = inputs.map((input) =>
    input.map((data) => tf.tensor3d(data, [batch, steps, data.length / (batch * steps)])),
  );
  const mask = tensors.length - 1;
  const outs = models.map(() => new Float32Array(0));
  return {
    name,
    async: false,
    begin() {
      if (carried) for (const model of models) model.resetStates();
    },
    repeat(first, count) {
      for (let call = first; call < first + count; call++) {
        const input = tensors[call & mask];
        for (let chain = 0; chain < models.length; chain++) {
          const output = models[chain].predict(input[chain], { batchSize: batch });
          outs[chain] = output.dataSync();
          output.dispose();
        }
      }
    },
    read: () => concatenate(outs),
    close() {
      for (const model of models) model.dispose();
      for (const input of tensors) for (const tensor of input) tensor.dispose();
    },
  };
}

function build(tf, layers, batch, steps, carried) {
  const model = tf.sequential();
  for (const [i, layer] of layers.entries()) {
    const options = i === 0 ? { batchInputShape: [batch, steps, (layer.forward ?? layer).inputs] } : {};
    const config = (layer) => ({
      units: layer.units,
      activation: layer.activation,
      recurrentActivation: "sigmoid",
      resetAfter: false,
      returnSequences: layer.returnSequences,
      stateful: carried,
      kernelInitializer: "zeros",
      recurrentInitializer: "zeros",
    });
    model.add(
      layer.kind === "gru"
        ? tf.layers.gru({ ...config(layer), ...options })
        : tf.layers.bidirectional({ layer: tf.layers.gru(config(layer.forward)), mergeMode: "concat", ...options }),
    );
    const weights = (layer.kind === "gru" ? [layer] : [layer.forward, layer.backward]).flatMap((gru) => [
      tf.tensor2d(gru.kernel, [gru.inputs, 3 * gru.units]),
      tf.tensor2d(gru.recurrentKernel, [gru.units, 3 * gru.units]),
      tf.tensor1d(gru.bias),
    ]);
    model.layers.at(-1).setWeights(weights);
    for (const weight of weights) weight.dispose();
  }
  return model;
}
