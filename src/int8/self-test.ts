import { gru } from "../kernel/layers.ts";
import { hashStep, numbers } from "../kernel/self-test.ts";
import type { GruLayer, Precision } from "../layers/layer.ts";
import type { EngineFactory } from "../model/engine.ts";
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
export function runInt8SelfTest(createEngine: EngineFactory): number {
  return hashStep(createEngine, SIZE, [layerOf(7, true), layerOf(14, true), layerOf(7, false), layerOf(14, false)]);
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
