import type { Activation } from "../activation.ts";
import * as elementwise from "./elementwise.ts";
import { exp } from "./exp.ts";

export { exp } from "./exp.ts";

/** By their codes, which are the order of the table in src/activation.ts. */
const functions: readonly ((x: number, alpha: number, beta: number) => number)[] = [
  (x) => x,
  elementwise.sigmoid,
  elementwise.tanh,
  elementwise.relu,
  elementwise.hardSigmoid,
  elementwise.leakyRelu,
  elementwise.elu,
  elementwise.selu,
  elementwise.softplus,
  elementwise.softsign,
  elementwise.relu6,
  elementwise.silu,
  elementwise.gelu,
  elementwise.geluTanh,
  elementwise.mish,
  exp,
  elementwise.affine,
  elementwise.thresholdedRelu,
  elementwise.scaledTanh,
];

/**
 * One activation of one number.
 *
 * @param x an f32
 * @returns an f32, the kernel's to the bit
 */
export function activate({ code, alpha, beta }: Activation, x: number): number {
  return functions[code](x, alpha, beta);
}
