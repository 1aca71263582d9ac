// A fresh process: imports one engine, makes a model, computes a first result, and prints how long each took.
//
// Usage: node start.mjs ENGINE MODEL.onnx
//
// The weights, the input and the ONNX file are there before the clock starts.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { makeInputs } from "../workload.mjs";
import { coldWorkload } from "./workload.mjs";

const [engine, modelFile] = process.argv.slice(2);
const { batch, steps, chains } = coldWorkload();
const [layer] = chains[0];
const { inputs, units, kernel, recurrentKernel, bias } = layer;
const [[x]] = makeInputs(coldWorkload());
const model = readFileSync(modelFile);

/** Each imports, calls `mark`, creates, calls `mark`, and returns the first outputs. */
const engines = {
  async congruent(mark) {
    const { createModel, gru } = await import("../../dist/index.js");
    mark();
    const gruModel = createModel([
      gru({
        units,
        kernel: { data: kernel, shape: [inputs, 3 * units] },
        recurrentKernel: { data: recurrentKernel, shape: [units, 3 * units] },
        bias,
        resetAfter: false,
        returnSequences: true,
      }),
    ]);
    mark();
    return gruModel.run({ data: x, shape: [batch, steps, inputs] }).outputs.data;
  },
  async "onnxruntime-web"(mark) {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    mark();
    return runOnnx(ort, { executionProviders: ["wasm"] }, mark);
  },
  async "onnxruntime-node"(mark) {
    const { default: ort } = await import("onnxruntime-node");
    mark();
    return runOnnx(ort, { intraOpNumThreads: 1, interOpNumThreads: 1 }, mark);
  },
  async "tfjs-cpu"(mark) {
    const { default: tf } = await import("@tensorflow/tfjs");
    mark();
    await tf.setBackend("cpu");
    return runTfjs(tf, mark);
  },
  async "tfjs-wasm"(mark) {
    const { default: tf } = await import("@tensorflow/tfjs");
    const backend = await import("@tensorflow/tfjs-backend-wasm");
    mark();
    const main = createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm");
    backend.setWasmPaths(join(dirname(main), "/"));
    await tf.setBackend("wasm");
    return runTfjs(tf, mark);
  },
};

async function runOnnx(ort, options, mark) {
  const session = await ort.InferenceSession.create(model, options);
  mark();
  // One row: time-major and batch-major are the same.
  const { y0 } = await session.run({ x0: new ort.Tensor("float32", x, [steps, batch, inputs]) });
  return y0.data;
}

function runTfjs(tf, mark) {
  tf.enableProdMode();
  const gru = tf.layers.gru({
    batchInputShape: [batch, steps, inputs],
    units,
    recurrentActivation: "sigmoid",
    resetAfter: false,
    returnSequences: true,
    kernelInitializer: "zeros",
    recurrentInitializer: "zeros",
  });
  const sequential = tf.sequential({ layers: [gru] });
  gru.setWeights([
    tf.tensor2d(kernel, [inputs, 3 * units]),
    tf.tensor2d(recurrentKernel, [units, 3 * units]),
    tf.tensor1d(bias),
  ]);
  mark();
  return sequential.predict(tf.tensor3d(x, [batch, steps, inputs])).dataSync();
}

const marks = [performance.now()];
const outputs = await engines[engine](() => marks.push(performance.now()));
marks.push(performance.now());
const [imported, created, first] = marks.slice(1).map((mark, i) => mark - marks[i]);
process.stdout.write(`${JSON.stringify({ imported, created, first, outputs: [...outputs] })}\n`);
