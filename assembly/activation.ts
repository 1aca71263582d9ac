/**
 * Activations by their code in src/activation.ts, in place over a buffer. The functions are in elementwise.ts.
 *
 * Memory: vectors of four f32, 16 bytes each, one after the other.
 */
import { affine, elu, gelu, geluTanh, hardSigmoid, leakyRelu, mish, relu, relu6, scaledTanh } from "./elementwise";
import { selu, sigmoid, silu, softplus, softsign, tanh, thresholdedRelu } from "./elementwise";
import { exp } from "./exp";

export { exp, relu, sigmoid, tanh };

export const SIGMOID: i32 = 1;
export const TANH: i32 = 2;
const RELU: i32 = 3;
const HARD_SIGMOID: i32 = 4;
const LEAKY_RELU: i32 = 5;
const ELU: i32 = 6;
const SELU: i32 = 7;
const SOFTPLUS: i32 = 8;
const SOFTSIGN: i32 = 9;
const RELU6: i32 = 10;
const SILU: i32 = 11;
const GELU: i32 = 12;
const GELU_TANH: i32 = 13;
const MISH: i32 = 14;
const EXPONENTIAL: i32 = 15;
const AFFINE: i32 = 16;
const THRESHOLDED_RELU: i32 = 17;
const SCALED_TANH: i32 = 18;

/**
 * @param code one of the above; 0 is linear and does nothing
 * @param pointer (vectors, 4) f32, replaced by the function's values
 * @param vectors 0 or more
 * @param alpha the function's first parameter, ignored where it has none
 * @param beta the function's second parameter, ignored where it has none
 */
export function activate(code: i32, pointer: usize, vectors: i32, alpha: f32, beta: f32): void {
  const end = pointer + (<usize>vectors << 4);
  const a = f32x4.splat(alpha);
  const b = f32x4.splat(beta);
  switch (code) {
    case SIGMOID:
      for (let p = pointer; p < end; p += 16) v128.store(p, sigmoid(v128.load(p)));
      break;
    case TANH:
      for (let p = pointer; p < end; p += 16) v128.store(p, tanh(v128.load(p)));
      break;
    case RELU:
      for (let p = pointer; p < end; p += 16) v128.store(p, relu(v128.load(p)));
      break;
    case HARD_SIGMOID:
      for (let p = pointer; p < end; p += 16) v128.store(p, hardSigmoid(v128.load(p), a, b));
      break;
    case LEAKY_RELU:
      for (let p = pointer; p < end; p += 16) v128.store(p, leakyRelu(v128.load(p), a));
      break;
    case ELU:
      for (let p = pointer; p < end; p += 16) v128.store(p, elu(v128.load(p), a));
      break;
    case SELU:
      for (let p = pointer; p < end; p += 16) v128.store(p, selu(v128.load(p)));
      break;
    case SOFTPLUS:
      for (let p = pointer; p < end; p += 16) v128.store(p, softplus(v128.load(p)));
      break;
    case SOFTSIGN:
      for (let p = pointer; p < end; p += 16) v128.store(p, softsign(v128.load(p)));
      break;
    case RELU6:
      for (let p = pointer; p < end; p += 16) v128.store(p, relu6(v128.load(p)));
      break;
    case SILU:
      for (let p = pointer; p < end; p += 16) v128.store(p, silu(v128.load(p)));
      break;
    case GELU:
      for (let p = pointer; p < end; p += 16) v128.store(p, gelu(v128.load(p)));
      break;
    case GELU_TANH:
      for (let p = pointer; p < end; p += 16) v128.store(p, geluTanh(v128.load(p)));
      break;
    case MISH:
      for (let p = pointer; p < end; p += 16) v128.store(p, mish(v128.load(p)));
      break;
    case EXPONENTIAL:
      for (let p = pointer; p < end; p += 16) v128.store(p, exp(v128.load(p)));
      break;
    case AFFINE:
      for (let p = pointer; p < end; p += 16) v128.store(p, affine(v128.load(p), a, b));
      break;
    case THRESHOLDED_RELU:
      for (let p = pointer; p < end; p += 16) v128.store(p, thresholdedRelu(v128.load(p), a));
      break;
    case SCALED_TANH:
      for (let p = pointer; p < end; p += 16) v128.store(p, scaledTanh(v128.load(p), a, b));
      break;
    default:
      break;
  }
}
