/** ONNX Runtime, compiled to WebAssembly and native, with one thread. Its tensors are time-major, so its inputs are too. */
import { directionsOf } from "../workload.mjs";
import { onnxModel } from "./onnx.mjs";
import { concatenate, turn } from "./outputs.mjs";

/** @returns {Promise<import("./peer.mjs").Peer>} */
export async function onnxruntimeWeb() {
  const ort = await import("onnxruntime-web");
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.proxy = false;
  return peer("onnxruntime-web", ort, { executionProviders: ["wasm"] });
}

/** @returns {Promise<import("./peer.mjs").Peer>} */
export async function onnxruntimeNode() {
  const { default: ort } = await import("onnxruntime-node");
  return peer("onnxruntime-node", ort, {
    executionProviders: ["cpu"],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: "sequential",
  });
}

function peer(name, ort, options) {
  return {
    name,
    refuses: () => null,
    open: (work, inputs) => open(name, ort, options, work, inputs),
  };
}

/** @returns {Promise<import("../measure.mjs").Contender>} */
async function open(name, ort, options, work, inputs) {
  const { chains, batch, steps, lengths, carried } = work;
  const session = await ort.InferenceSession.create(onnxModel(work), { ...options, graphOptimizationLevel: "all" });
  const feeds = inputs.map((input) => {
    const feed = Object.fromEntries(
      input.map((data, chain) => {
        const ids = chains[chain][0].kind === "embedding";
        const shape = ids ? [steps, batch] : [steps, batch, data.length / (steps * batch)];
        return [`x${chain}`, new ort.Tensor(ids ? "int32" : "float32", turn(data, batch, steps), shape)];
      }),
    );
    return lengths ? { ...feed, lengths: new ort.Tensor("int32", lengths, [batch]) } : feed;
  });
  const zeros = chains
    .flat()
    .flatMap(directionsOf)
    .map(({ units }) => new ort.Tensor("float32", new Float32Array(batch * units), [1, batch, units]));
  const mask = feeds.length - 1;
  let states = zeros;
  let results;
  return {
    name,
    async: true,
    begin() {
      states = zeros;
    },
    repeat: carried ? repeatCarried : repeat,
    read: () => concatenate(chains.map((layers, chain) => read(layers, results[`y${chain}`].data))),
    close: () => session.release(),
  };

  async function repeat(first, count) {
    for (let call = first; call < first + count; call++) results = await session.run(feeds[call & mask]);
  }

  async function repeatCarried(first, count) {
    for (let call = first; call < first + count; call++) {
      const feed = feeds[call & mask];
      for (let i = 0; i < states.length; i++) feed[`h${i}`] = states[i];
      results = await session.run(feed);
      states = states.map((_, i) => results[`g${i}`]);
    }
  }

  function read(layers, data) {
    const last = layers.at(-1);
    const isSequence = last.kind === "bidirectional" || (last.kind === "gru" && last.returnSequences);
    return isSequence ? turn(data, steps, batch) : data;
  }
}
