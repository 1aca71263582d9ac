import type { DenseLayer } from "../layers/layer.ts";
import type { Sequence } from "../sequence/sequence.ts";
import { activate, exp } from "./activation.ts";
import { F, pmax } from "./f32.ts";
import { product } from "./product.ts";

/**
 * activation(x · kernel + bias) at every step, valid or not: as Keras does, the layer passes the mask on and does not
 * look at it.
 *
 * @param input (B, T, I)
 * @returns (B, T, O)
 */
export function dense(layer: DenseLayer, input: Sequence): Sequence {
  const { inputs, units, kernel, bias, activation } = layer;
  const data = new Float32Array(input.rows * input.steps * units);
  for (let i = 0; i < input.rows * input.steps; i++) {
    const out = data.subarray(i * units, (i + 1) * units);
    product(out, input.data, i * inputs, inputs, kernel, units, bias);
    activateRow(activation, out, 0, units);
  }
  return { ...input, features: units, data };
}

/**
 * An activation of a row, in place.
 *
 * @param data the row is (size) from `at` on
 */
export function activateRow(activation: DenseLayer["activation"], data: Float32Array, at: number, size: number): void {
  if (activation === "softmax") softmax(data, at, at + size);
  else for (let i = at; i < at + size; i++) data[i] = activate(activation, data[i]);
}

/**
 * e^(x - max) over its sum, in place. The largest is taken away first so that nothing overflows; the sum goes in
 * ascending order.
 *
 * @param data the row is from `begin` to `end`
 */
function softmax(data: Float32Array, begin: number, end: number): void {
  let max = data[begin];
  for (let i = begin + 1; i < end; i++) max = pmax(max, data[i]);
  let sum = 0;
  for (let i = begin; i < end; i++) {
    data[i] = exp(F(data[i] - max));
    sum = F(sum + data[i]);
  }
  for (let i = begin; i < end; i++) data[i] = F(data[i] / sum);
}
