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
 * One step through three cells, in both reset modes, whose activations leave out no SIMD instruction of the kernel. No
 * output is NaN: its bits are the engine's choice (a second step would make some).
 *
 * @returns 32 bits that depend on every bit of the outputs
 */
export function runSelfTest(createEngine: EngineFactory): number {
  // Multiples of 1/32 from -1 up to 1, in no order.
  const numbers = new Float32Array(3 * SIZE * SIZE).map((_, i) => ((i * 37 + 11) % 64) / 32 - 1);
  const data = numbers.slice(0, SIZE * SIZE);
  const weights = {
    units: SIZE,
    kernel: numbers,
    recurrentKernel: numbers,
    bias: numbers.slice(0, 3 * SIZE),
    returnSequences: true,
  };
  const model = createModelWith(createEngine, [
    gru(weights),
    gru({ ...weights, resetAfter: false, activation: "mish", recurrentActivation: "selu" }),
    gru({ ...weights, activation: "thresholded_relu", recurrentActivation: "exponential" }),
  ]);
  const { outputs } = model.run({ data, shape: [SIZE, 1, SIZE] }, { initialState: [data, data, data] });
  return hash([new Int32Array(outputs.data.buffer)], 0);
}

/**
 * Whether this engine computes what it should.
 *
 * @returns what is wrong, as an error `wasm`; null when nothing is
 * @throws CongruentError when the module cannot be used at all
 */
export function findFault(createEngine: EngineFactory): CongruentError | null {
  let given: number | Error;
  try {
    given = runSelfTest(createEngine);
  } catch (error) {
    if (error instanceof CongruentError) throw error;
    given = error as Error;
  }
  if (given === ANSWER) return null;
  return expected("wasm", "WebAssembly computes wrongly", ANSWER, given);
}
