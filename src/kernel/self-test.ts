import { CongruentError, expected } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import type { EngineFactory } from "../model/engine.ts";
import { createModelWith } from "../model/model.ts";
import { gru } from "./layers.ts";

/** The right answer of {@link runSelfTest}: the reference's. */
export const ANSWER = 1653386776;

/** Inputs, units and rows: a vector or a tile, and a rest. */
const SIZE = 5;

/**
 * One step through three cells, in both reset modes, whose activations leave out no SIMD instruction of the kernel.
 *
 * @returns 32 bits that depend on every bit of the outputs
 */
export function runSelfTest(createEngine: EngineFactory): number {
  const weights = {
    units: SIZE,
    kernel: numbers(3 * SIZE * SIZE),
    recurrentKernel: numbers(3 * SIZE * SIZE),
    bias: numbers(3 * SIZE),
    returnSequences: true,
  };
  return hashStep(createEngine, SIZE, [
    gru(weights),
    gru({ ...weights, resetAfter: false, activation: "mish", recurrentActivation: "selu" }),
    gru({ ...weights, activation: "thresholded_relu", recurrentActivation: "exponential" }),
  ]);
}

/**
 * One step of as many rows as there are inputs and units in each of the GRUs.
 *
 * @returns 32 bits that depend on every bit of the outputs
 */
export function hashStep(createEngine: EngineFactory, size: number, layers: GruLayer[]): number {
  const state = { data: numbers(size * size), shape: [size, size] };
  const input = { data: state.data, shape: [size, 1, size] };
  const { data } = createModelWith(createEngine, layers).run(input, { initialState: layers.map(() => state) }).outputs;
  return new Int32Array(data.slice().buffer).reduce((hash, word) => Math.imul(hash ^ word, 0x01000193), 0);
}

/** Multiples of 1/32 from -1 up to 1, in no order. */
export function numbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 37 + 11) % 64) / 32 - 1);
}

/**
 * Whether this engine computes what it should.
 *
 * @param run a self-test
 * @param answer its right answer
 * @returns what is wrong, as an error `wasm`; null when nothing is
 * @throws CongruentError when the module cannot be used at all
 */
export function findFault(createEngine: EngineFactory, run = runSelfTest, answer = ANSWER): CongruentError | null {
  let given: unknown;
  try {
    given = run(createEngine);
  } catch (error) {
    if (error instanceof CongruentError) throw error;
    given = error;
  }
  if (given === answer) return null;
  return expected("wasm", "WebAssembly: this engine computes wrongly: self-test", String(answer), String(given));
}
