import { CongruentError, expected } from "../errors.ts";
import type { EngineFactory } from "../model/engine.ts";
import { hash } from "../model/fingerprint.ts";
import { createModelWith } from "../model/model.ts";
import { gru } from "./layers.ts";

/** The right answer of {@link runSelfTest}: the reference's. */
export const ANSWER = 1358154644;

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
  const model = createModelWith(createEngine, [
    gru(weights),
    gru({ ...weights, resetAfter: false, activation: "mish", recurrentActivation: "selu" }),
    gru({ ...weights, activation: "thresholded_relu", recurrentActivation: "exponential" }),
  ]);
  const state = { data: numbers(SIZE * SIZE), shape: [SIZE, SIZE] };
  const input = { data: state.data, shape: [SIZE, 1, SIZE] };
  const { data } = model.run(input, { initialState: [state, state, state] }).outputs;
  return hash([new Int32Array(data.slice().buffer)], 0);
}

/** Multiples of 1/32 from -1 up to 1, in no order. */
function numbers(count: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => ((i * 37 + 11) % 64) / 32 - 1);
}

/**
 * Whether this engine computes what it should.
 *
 * @returns what is wrong, as an error `wasm`; null when nothing is
 * @throws CongruentError when the module cannot be used at all
 */
export function findFault(createEngine: EngineFactory): CongruentError | null {
  let given: unknown;
  try {
    given = runSelfTest(createEngine);
  } catch (error) {
    if (error instanceof CongruentError) throw error;
    given = error;
  }
  if (given === ANSWER) return null;
  return expected("wasm", "WebAssembly: this engine computes wrongly: self-test", String(ANSWER), String(given));
}
