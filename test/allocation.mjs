// Counts what a million steps of a stream allocate: bytes of the JavaScript heap, bytes of WebAssembly memory, and
// garbage collections. Prints JSON. Needs --expose-gc.
import { PerformanceObserver } from "node:perf_hooks";

/** Every memory that is made while this runs: congruent's own are not public. */
const memories = [];
const { Instance } = WebAssembly;
WebAssembly.Instance = class extends Instance {
  constructor(...given) {
    super(...given);
    memories.push(this.exports.memory);
  }
};

const { createModel, dense, embedding, gru, masking } = await import("congruent");
const int8 = await import("congruent/int8");

const STEPS = 1_000_000;
const wasmBytes = () => memories.reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
const weights = (rows, columns) => ({
  data: Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i)),
  shape: [rows, columns],
});
const layer = (inputs, units, more = {}) =>
  gru({
    units,
    kernel: weights(inputs, 3 * units),
    recurrentKernel: weights(units, 3 * units),
    returnSequences: true,
    ...more,
  });

const features = createModel([
  layer(3, 8),
  layer(8, 5, { resetAfter: false }),
  dense({ units: 2, kernel: weights(5, 2) }),
]);
const masked = createModel([masking({ maskValue: 0 }), layer(3, 8)]);
const tokens = createModel([embedding({ weights: weights(9, 4), maskZero: true }), layer(4, 8)]);

const int8Model = (precision, layers) => int8.createModel(int8.quantize(layers, { precision }));
const int8Features = [
  int8Model(7, [layer(3, 8), layer(8, 21), dense({ units: 2, kernel: weights(21, 2) })]),
  int8Model(14, [layer(3, 8), layer(8, 5, { resetAfter: false })]),
];
const int8Tokens = int8Model(7, [embedding({ weights: weights(9, 4), maskZero: true }), layer(4, 8)]);

const frames = Array.from({ length: 7 }, (_, i) => Float32Array.of(i, 1, -i));
const blank = new Float32Array(3);

function streamOf(model, frameOf) {
  const stream = model.stream();
  const out = new Float32Array(stream.outputSize);
  return (i) => stream.step(frameOf(i), out);
}

/** Two streams that take turns, so that each step moves states. */
function turns() {
  const [a, b] = [streamOf(features, (i) => frames[i % 7]), streamOf(features, (i) => frames[i % 5])];
  return (i) => (i & 1 ? a(i) : b(i));
}

const cases = {
  "features through a stack": streamOf(features, (i) => frames[i % 7]),
  "a masked step in three": streamOf(masked, (i) => (i % 3 ? frames[i % 7] : blank)),
  "token ids": streamOf(tokens, (i) => i % 9),
  "two streams in turn": turns(),
  "int8, features through a stack, 7 bits": streamOf(int8Features[0], (i) => frames[i % 7]),
  "int8, features through a stack, 14 bits": streamOf(int8Features[1], (i) => frames[i % 7]),
  "int8, token ids": streamOf(int8Tokens, (i) => i % 9),
};

const result = {};
for (const [name, step] of Object.entries(cases)) result[name] = await count(step);
const control = features.stream();
const counted = await count((i) => control.step(frames[i % 7]));
if (counted.heapBytes < 100_000 && counted.collections === 0) throw new Error("the control allocated nothing");
result["control: a step that makes its output"] = { ...counted, heapBytes: 0, collections: 0 };
console.log(JSON.stringify(result));

async function count(step) {
  // Compiled code first: the engine's own work is not the step's.
  for (let i = 0; i < 200_000; i++) step(i);
  await new Promise((resolve) => setTimeout(resolve, 50));
  let collections = 0;
  const observer = new PerformanceObserver((list) => {
    collections += list.getEntries().length;
  });
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 20));
  observer.observe({ entryTypes: ["gc"] });
  const wasm = wasmBytes();
  const heap = process.memoryUsage().heapUsed;
  for (let i = 0; i < STEPS; i++) step(i);
  const heapBytes = process.memoryUsage().heapUsed - heap;
  await new Promise((resolve) => setTimeout(resolve, 20));
  observer.disconnect();
  return { steps: STEPS, heapBytes, wasmBytes: wasmBytes() - wasm, collections };
}
