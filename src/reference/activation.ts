import type { Activation } from "../activation.ts";
import * as elementwise from "./elementwise.ts";
import { exp } from "./exp.ts";

export { exp } from "./exp.ts";

/**
 * One activation of one number.
 *
 * @param x an f32
 * @returns an f32, the kernel's to the bit
 */
export function activate({ name, alpha, beta }: Activation, x: number): number {
  switch (name) {
    case "linear":
      return x;
    case "sigmoid":
      return elementwise.sigmoid(x);
    case "tanh":
      return elementwise.tanh(x);
    case "relu":
      return elementwise.relu(x);
    case "hard_sigmoid":
      return elementwise.hardSigmoid(x, alpha, beta);
    case "leaky_relu":
      return elementwise.leakyRelu(x, alpha);
    case "elu":
      return elementwise.elu(x, alpha);
    case "selu":
      return elementwise.selu(x);
    case "softplus":
      return elementwise.softplus(x);
    case "softsign":
      return elementwise.softsign(x);
    case "relu6":
      return elementwise.relu6(x);
    case "silu":
      return elementwise.silu(x);
    case "gelu":
      return elementwise.gelu(x);
    case "gelu_tanh":
      return elementwise.geluTanh(x);
    case "mish":
      return elementwise.mish(x);
    case "exponential":
      return exp(x);
    case "affine":
      return elementwise.affine(x, alpha, beta);
    case "thresholded_relu":
      return elementwise.thresholdedRelu(x, alpha);
    case "scaled_tanh":
      return elementwise.scaledTanh(x, alpha, beta);
  }
}
