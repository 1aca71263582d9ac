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
  for (let p = pointer; p < end; p += 16) {
    let x = v128.load(p);
    switch (code) {
      case SIGMOID:
        x = sigmoid(x);
        break;
      case TANH:
        x = tanh(x);
        break;
      case RELU:
        x = relu(x);
        break;
      case HARD_SIGMOID:
        x = hardSigmoid(x, a, b);
        break;
      case LEAKY_RELU:
        x = leakyRelu(x, a);
        break;
      case ELU:
        x = elu(x, a);
        break;
      case SELU:
        x = selu(x);
        break;
      case SOFTPLUS:
        x = softplus(x);
        break;
      case SOFTSIGN:
        x = softsign(x);
        break;
      case RELU6:
        x = relu6(x);
        break;
      case SILU:
        x = silu(x);
        break;
      case GELU:
        x = gelu(x);
        break;
      case GELU_TANH:
        x = geluTanh(x);
        break;
      case MISH:
        x = mish(x);
        break;
      case EXPONENTIAL:
        x = exp(x);
        break;
      case AFFINE:
        x = affine(x, a, b);
        break;
      case THRESHOLDED_RELU:
        x = thresholdedRelu(x, a);
        break;
      case SCALED_TANH:
        x = scaledTanh(x, a, b);
        break;
      default:
        break;
    }
    v128.store(p, x);
  }
}
