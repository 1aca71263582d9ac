import { type CongruentError, expected } from "../errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { gru } from "../kernel/layers.ts";
import type { GruLayer, Precision } from "../layers/layer.ts";
import { quantizedGru } from "./quantized-gru.ts";

/** The right answer of {@link runInt8SelfTest}: the reference's. */
export const INT8_ANSWER = -1891068758;

/** Inputs, units and rows: more than a vector of 16 numbers, and a rest. */
const SIZE = 19;

/**
 * One step through four cells: both reset modes at both precisions, with every weight that there is.
 *
 * @returns 32 bits that depend on every bit of the outputs
 */
export function runInt8SelfTest({ createModel }: Kernel): number {
  const model = createModel([layerOf(7, true), layerOf(14, true), layerOf(7, false), layerOf(14, false)]);
  const state = { data: numbers(SIZE * SIZE), shape: [SIZE, SIZE] };
  const input = { data: state.data, shape: [SIZE, 1, SIZE] };
  const { data } = model.run(input, { initialState: [state, state, state, state] }).outputs;
  return new Int32Array(data.slice().buffer).reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0);
}

function layerOf(precision: Precision, resetAfter: boolean): GruLayer {
  const columns = 3 * SIZE;
  const kernel = numbers(SIZE * columns);
  const layer = gru({ units: SIZE, kernel, recurrentKernel: kernel, bias: numbers(columns), resetAfter });
  const scales = new Float32Array(columns).fill(2 ** -9);
  // -128 to 127, in no order.
  const matrix = (first: number) => ({ values: Int8Array.from(kernel, (_, i) => i * 37 + first), scales });
  return quantizedGru({ ...layer, returnSequences: true }, matrix(5), matrix(90), precision, "self-test");
}

/** Multiples of 1/32 from -1 up to 1, in no order. */
function numbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 37 + 11) % 64) / 32 - 1);
}

/**
 * Whether a kernel computes in int8 what it should.
 *
 * @returns what is wrong, as an error `wasm`; null when nothing is
 */
export function findInt8Fault(kernel: Kernel): CongruentError | null {
  const given = runInt8SelfTest(kernel);
  if (given === INT8_ANSWER) return null;
  return expected("wasm", "WebAssembly computes int8 wrongly", String(INT8_ANSWER), String(given));
}
