import type { DenseLayer } from "../layers/layer.ts";
import type { Sequence } from "../sequence/sequence.ts";
import { activate, exp } from "./activation.ts";
import { product } from "./product.ts";

const F = Math.fround;

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
    if (activation === "softmax") softmax(out);
    else for (let c = 0; c < units; c++) out[c] = activate(activation, out[c]);
  }
  return { ...input, features: units, data };
}

/**
 * e^(x - max) over its sum, in place. The largest is taken away first so that nothing overflows; the sum goes in
 * ascending order.
 *
 * @param row (O)
 */
function softmax(row: Float32Array): void {
  let max = row[0];
  for (let i = 1; i < row.length; i++) max = max < row[i] ? row[i] : max;
  let sum = 0;
  for (let i = 0; i < row.length; i++) {
    row[i] = exp(F(row[i] - max));
    sum = F(sum + row[i]);
  }
  for (let i = 0; i < row.length; i++) row[i] = F(row[i] / sum);
}
