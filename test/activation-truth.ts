import type { ActivationName } from "../src/activation.ts";

/** An activation in float64, to far more digits than an f32 has, and how near the kernel comes to it. */
export interface Truth {
  readonly alpha: number;
  readonly beta: number;
  readonly of: (x: number) => number;
  /**
   * The straight lines [a, b], a + b·x, that the function is below -128, between -2⁻⁴⁰ and 0, between 0 and 2⁻⁴⁰, and
   * above 128, to more digits than an f32 has. None: `of` is cheap everywhere.
   */
  readonly edges?: readonly [Line, Line, Line, Line];
  /** Where the result is a normal number: most units in the last place of the truth. Infinity: see `absolute`. */
  readonly ulps: number;
  /** Where the result is denormal: most units of 2⁻¹⁴⁹. */
  readonly denormals: number;
  /** For |x| ≤ 8. */
  readonly absolute: number;
}

type Line = readonly [a: number, b: number];

const F = Math.fround;
const ZERO: Line = [0, 0];
const SAME: Line = [0, 1];

const slope = F(0.2);
const sixth = F(1 / 6);
const seluScale = 1.0507009873554805;
const seluAlpha = 1.6732632423543772;

/** Every activation, with the parameters that it is tested with: Keras's; LeCun's for scaled_tanh. */
export const truths: Readonly<Record<ActivationName, Truth>> = {
  linear: exactly((x) => x),
  sigmoid: {
    ...smooth((x) => 1 / (1 + Math.exp(-x)), 2, 1, 1.2e-7),
    edges: [ZERO, [0.5, 0.25], [0.5, 0.25], [1, 0]],
  },
  tanh: { ...smooth(Math.tanh, 2, 0, 9e-8), edges: [[-1, 0], SAME, SAME, [1, 0]] },
  relu: exactly((x) => (x < 0 ? 0 : x)),
  hard_sigmoid: {
    ...smooth((x) => Math.min(Math.max(sixth * x + 0.5, 0), 1), Number.POSITIVE_INFINITY, 0, 9e-8),
    alpha: sixth,
    beta: 0.5,
  },
  leaky_relu: { ...smooth((x) => (x < 0 ? slope * x : x), 0.5, 0.5, 6e-8), alpha: slope },
  elu: {
    ...smooth((x) => (x < 0 ? Math.expm1(x) : x), 1.15, 0, 6e-8),
    alpha: 1,
    edges: [[-1, 0], SAME, SAME, SAME],
  },
  selu: {
    ...smooth((x) => seluScale * (x < 0 ? seluAlpha * Math.expm1(x) : x), 2.1, 1, 1e-6),
    edges: [
      [-seluScale * seluAlpha, 0],
      [0, seluScale * seluAlpha],
      [0, seluScale],
      [0, seluScale],
    ],
  },
  softplus: {
    ...smooth((x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), 3, 1, 6e-7),
    edges: [ZERO, [Math.LN2, 0.5], [Math.LN2, 0.5], SAME],
  },
  softsign: smooth(
    (x) => (Math.abs(x) === Number.POSITIVE_INFINITY ? Math.sign(x) : x / (1 + Math.abs(x))),
    1.5,
    0,
    9e-8,
  ),
  relu6: exactly((x) => (x < 0 ? 0 : x > 6 ? 6 : x)),
  silu: { ...smooth((x) => x / (1 + Math.exp(-x)), 2, 1.5, 6e-7), edges: [ZERO, [0, 0.5], [0, 0.5], SAME] },
  gelu: { ...smooth(gelu, 8, 4, 6e-7), edges: [ZERO, [0, 0.5], [0, 0.5], SAME] },
  gelu_tanh: {
    ...smooth((x) => x / (1 + Math.exp(-2 * Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))), 256, 128, 6e-7),
    edges: [ZERO, [0, 0.5], [0, 0.5], SAME],
  },
  mish: { ...smooth(mish, 5, 1.5, 6e-7), edges: [ZERO, [0, 0.6], [0, 0.6], SAME] },
  exponential: {
    ...smooth(Math.exp, 1.1, 1, 3e-4),
    edges: [ZERO, [1, 1], [1, 1], [Number.POSITIVE_INFINITY, 0]],
  },
  affine: { ...smooth((x) => F(1.5) * x + F(-0.3), Number.POSITIVE_INFINITY, 0, 9e-7), alpha: 1.5, beta: F(-0.3) },
  thresholded_relu: { ...exactly((x) => (x <= 1 ? 0 : x)), alpha: 1 },
  // Three roundings: β·x (½ ulp), tanh (1.98) and the product (½). Scaled by 1.7159 the first two can count double in
  // the result's ulps where it crosses a power of two, so no more than 2·(½ + 1.98) + ½ = 5.46 is possible. 4.1901 is
  // what all patterns gave.
  scaled_tanh: {
    ...smooth((x) => F(1.7159) * Math.tanh(F(2 / 3) * x), 4.2, 2, 3e-7),
    alpha: F(1.7159),
    beta: F(2 / 3),
    edges: [
      [-F(1.7159), 0],
      [0, F(1.7159) * F(2 / 3)],
      [0, F(1.7159) * F(2 / 3)],
      [F(1.7159), 0],
    ],
  },
};

function smooth(of: (x: number) => number, ulps: number, denormals: number, absolute: number): Truth {
  return { alpha: 0, beta: 0, of, ulps, denormals, absolute };
}

function exactly(of: (x: number) => number): Truth {
  return smooth(of, 0, 0, 0);
}

/** Mills' ratio (1 - Φ(t)) / φ(t) around t = k/16: its Taylor coefficients, from M' = t·M - 1. */
const millsTaylor = Array.from({ length: 20 * 16 }, (_, k) => {
  const t = k / 16;
  const derivatives = [mills(t)];
  derivatives.push(t * derivatives[0] - 1);
  for (let n = 1; n < 9; n++) derivatives.push(t * derivatives[n] + n * derivatives[n - 1]);
  let factorial = 1;
  return derivatives.map((value, n) => {
    factorial *= n || 1;
    return value / factorial;
  });
});

function mills(t: number): number {
  if (t > 2) {
    // Laplace's continued fraction 1/(t + 1/(t + 2/(t + …)))
    let rest = t;
    for (let n = 400; n > 0; n--) rest = t + n / rest;
    return 1 / rest;
  }
  // 1 - Φ(t) = 1/2 - φ(t)·(t + t³/3 + t⁵/(3·5) + …)
  let term = t;
  let sum = t;
  for (let n = 3; n < 80; n += 2) {
    term *= (t * t) / n;
    sum += term;
  }
  return Math.sqrt(Math.PI / 2) * Math.exp((t * t) / 2) - sum;
}

function gelu(x: number): number {
  const t = Math.abs(x);
  if (t >= 19.9) return x > 0 ? x : 0;
  const k = Math.round(t * 16);
  const series = millsTaylor[k];
  const d = t - k / 16;
  let m = series[9];
  for (let n = 8; n >= 0; n--) m = m * d + series[n];
  return Math.max(x, 0) - t * m * Math.exp((t * t) / -2) * Math.sqrt(1 / (2 * Math.PI));
}

function mish(x: number): number {
  const e = Math.exp(-Math.abs(x));
  if (x > 0) return (x * (1 + 2 * e)) / (1 + 2 * e + 2 * e * e);
  return (x * e * (e + 2)) / (e * (e + 2) + 2);
}
