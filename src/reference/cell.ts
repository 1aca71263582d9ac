import type { GruLayer } from "../layers/layer.ts";
import { activate } from "./activation.ts";
import { F, pmax, pmin } from "./f32.ts";
import { type Product, product } from "./product.ts";

/**
 * One step of one row: h ← the cell's answer to x.
 *
 * @param x holds the features, (I) from index `xAt`
 * @param h holds the state, (H) from index `hAt`; the new state replaces it
 */
export type Cell = (x: Float32Array, xAt: number, h: Float32Array, hAt: number) => void;

/** A cell's matrices, in whatever form, and the product that takes it where that is not {@link product}. */
interface Matrices {
  readonly kernel: Float32Array;
  readonly recurrentKernel: Float32Array;
  readonly multiply?: Product<Float32Array>;
}

/**
 * The GRU cell. With W = kernel, R = recurrent kernel, b and rb their biases, f the recurrent activation, g the
 * activation, clip the bound on what goes into both, · elementwise, and columns z|r|n taken from the products:
 *
 *     px = b + x W
 *     ph = rb + h R
 *
 *     z = f(clip(px_z + ph_z))                   update: how much of the old state stays
 *     r = f(clip(px_r + ph_r))                   reset: how much of it the candidate sees
 *
 *     reset after:   n = g(clip(px_n + r · ph_n))
 *     reset before:  n = g(clip(px_n + (rb_n + (r · h) R_n)))
 *
 *     h' = z · h + (1 - z) · n
 *
 * Every operation is rounded to f32, in the order written; {@link product} says how the sums inside px and ph
 * go; an int8 layer brings a product of its own (int8.ts).
 *
 * Reset after (Keras's default, PyTorch, WebNN, ONNX `linear_before_reset = 1`) lets one product give all three gates.
 * Reset before is Cho et al. 2014 (TF1, TF.js, ONNX's default). The two are different functions and need different
 * weights. Chung et al. 2014 has z and 1 - z the other way round; no framework does.
 *
 * @param layer the weights and options of one direction; nothing of it is written to
 * @returns the cell, with scratch of its own: one call at a time
 */
export function gruCell(layer: GruLayer): Cell {
  const { inputs, units, weights, int8, resetAfter, clip, activation: g, recurrentActivation: f } = layer;
  const { bias, recurrentBias } = weights;
  const { kernel, recurrentKernel, multiply = product } = (int8 ?? weights) as Matrices;
  const gates = 3 * units;
  const px = new Float32Array(gates); // (3H) z|r|n
  const ph = new Float32Array(gates); // (3H) z|r|n
  const z = new Float32Array(units); // (H)
  const r = new Float32Array(units); // (H)
  const n = new Float32Array(units); // (H)
  const rh = new Float32Array(units); // (H) r · h

  return (x, xAt, h, hAt) => {
    multiply(px, x, xAt, inputs, kernel, gates, bias);
    multiply(ph, h, hAt, units, recurrentKernel, gates, recurrentBias, 0, resetAfter ? gates : 2 * units);

    for (let i = 0; i < units; i++) {
      z[i] = activate(f, bound(F(px[i] + ph[i]), clip));
      r[i] = activate(f, bound(F(px[units + i] + ph[units + i]), clip));
    }

    if (resetAfter) {
      for (let i = 0; i < units; i++) {
        n[i] = activate(g, bound(F(px[2 * units + i] + F(r[i] * ph[2 * units + i])), clip));
      }
    } else {
      for (let i = 0; i < units; i++) rh[i] = F(r[i] * h[hAt + i]);
      multiply(ph, rh, 0, units, recurrentKernel, gates, recurrentBias, 2 * units, gates);
      for (let i = 0; i < units; i++) n[i] = activate(g, bound(F(px[2 * units + i] + ph[2 * units + i]), clip));
    }

    for (let i = 0; i < units; i++) h[hAt + i] = F(F(z[i] * h[hAt + i]) + F(F(1 - z[i]) * n[i]));
  };
}

/** x within [-limit, limit], as ONNX's `clip` bounds the input of every activation. NaN stays NaN. */
export function bound(x: number, limit: number): number {
  return pmin(pmax(x, -limit), limit);
}
