import type { Activation } from "../activation.ts";
import type { GruLayer } from "../layers/layer.ts";
import { activate } from "../reference/activation.ts";
import type { Moments } from "./moments.ts";

/** What the matrices of a GRU are multiplied by, and what errors of the products cost. */
export interface GruMoments {
  /** Of the inputs, I */
  readonly inputs: Moments;
  /** Of the states before each step, H */
  readonly states: Moments;
  /** Of r · h, H: what the candidate's columns are multiplied by with reset before; else null. */
  readonly resetStates: Moments | null;
  /** (3H): Σ g·gᵀ, g what an output changes by with the products of the input; null where no one asks for it */
  readonly inputCosts: Moments | null;
  /** (3H): the same of the products of the state */
  readonly stateCosts: Moments;
}

/** Steps that are kept: what a step does to outputs still further away does not count, and memory has an end. */
const longest = 512;

/** What stands between the states and what counts: the next layer's matrix, (H, O). */
export interface Readout {
  readonly kernel: Float32Array;
  readonly units: number;
}

/**
 * A direction of a GRU over sequences: its steps recorded, and from the last one back what each product of a step does to
 * the outputs (backpropagation through time, of one output in a random direction: the mean of g·gᵀ is that of all).
 *
 * In f64, with the reference's activations, and signs from a generator of its own: the same bits in every runtime.
 */
export class Trace {
  readonly #steps: Step[] = [];
  readonly #recurrent: Float64Array; // (3H) h · R
  readonly #input: Float64Array; // (3H) x · W
  /** The generator's state. */
  #seed = 1;

  /** @param readout null where the states themselves count */
  constructor(
    private readonly layer: GruLayer,
    private readonly readout: Readout | null,
    private readonly moments: GruMoments,
  ) {
    this.#recurrent = new Float64Array(3 * layer.units);
    this.#input = new Float64Array(3 * layer.units);
  }

  /**
   * Adds a sequence.
   *
   * @param data holds the features of each step, (I)
   * @param places where each valid step begins in it, in processing order
   * @param state (H), the first state
   */
  add(data: Float32Array, places: readonly number[], state: Float32Array): void {
    const { moments } = this;
    let h = Float64Array.from(state);
    let count = 0;
    for (const [t, at] of places.entries()) {
      this.#steps[count] ??= createStep(this.layer.units);
      const step = this.#steps[count];
      h = this.#forward(data, at, h, step);
      moments.inputs.add(data, at);
      moments.states.add(step.h, 0);
      moments.resetStates?.add(step.resetState, 0);
      count++;
      const isLast = t === places.length - 1;
      if (count < longest && !isLast) continue;
      this.#backward(count, isLast);
      count = 0;
    }
  }

  /** @returns the next state */
  #forward(data: Float32Array, at: number, h: Float64Array, step: Step): Float64Array<ArrayBuffer> {
    const { units, inputs, weights, resetAfter, recurrentActivation: f, activation: g } = this.layer;
    const { kernel, recurrentKernel, bias, recurrentBias } = weights;
    const [px, ph] = [this.#input, this.#recurrent];
    const columns = 3 * units;
    multiply(px, data, at, inputs, kernel, columns, bias, 0, columns);
    multiply(ph, h, 0, units, recurrentKernel, columns, recurrentBias, 0, resetAfter ? columns : 2 * units);
    step.h.set(h);
    for (let i = 0; i < units; i++) {
      const [z, r] = [px[i] + ph[i], px[units + i] + ph[units + i]];
      step.z[i] = activate(f, Math.fround(z));
      step.r[i] = activate(f, Math.fround(r));
      step.zSlope[i] = slopeOf(f, z, step.z[i]);
      step.rSlope[i] = slopeOf(f, r, step.r[i]);
      step.resetState[i] = step.r[i] * h[i];
    }
    if (!resetAfter) {
      multiply(ph, step.resetState, 0, units, recurrentKernel, columns, recurrentBias, 2 * units, columns);
    }
    const next = new Float64Array(units);
    for (let i = 0; i < units; i++) {
      step.product[i] = ph[2 * units + i];
      const n = px[2 * units + i] + (resetAfter ? step.r[i] : 1) * step.product[i];
      step.n[i] = activate(g, Math.fround(n));
      step.nSlope[i] = slopeOf(g, n, step.n[i]);
      next[i] = step.z[i] * h[i] + (1 - step.z[i]) * step.n[i];
    }
    return next;
  }

  /** @param isLast whether the sequence ends here */
  #backward(count: number, isLast: boolean): void {
    const { units, weights, resetAfter, returnSequences } = this.layer;
    const columns = 3 * units;
    const [gx, gh] = [new Float64Array(columns), new Float64Array(columns)];
    let d = new Float64Array(units);
    for (let t = count - 1; t >= 0; t--) {
      if (returnSequences || (isLast && t === count - 1)) this.#addOutput(d);
      const { h, z, r, n, zSlope, rSlope, nSlope, product } = this.#steps[t];
      const before = new Float64Array(units);
      for (let i = 0; i < units; i++) {
        before[i] = d[i] * z[i];
        gx[i] = d[i] * (h[i] - n[i]) * zSlope[i];
        gx[2 * units + i] = d[i] * (1 - z[i]) * nSlope[i];
        gh[2 * units + i] = gx[2 * units + i] * (resetAfter ? r[i] : 1);
      }
      // By r: of the product behind it, or of the state before it.
      const reset = resetAfter ? product : multiplyBack(weights.recurrentKernel, gh, units, 2 * units, columns);
      for (let i = 0; i < units; i++) {
        const through = resetAfter ? gx[2 * units + i] * reset[i] : reset[i] * h[i];
        gx[units + i] = through * rSlope[i];
        if (!resetAfter) before[i] += reset[i] * r[i];
      }
      gh.set(gx.subarray(0, 2 * units));
      const back = multiplyBack(weights.recurrentKernel, gh, units, 0, resetAfter ? columns : 2 * units);
      for (let i = 0; i < units; i++) before[i] += back[i];
      this.moments.inputCosts?.add(gx, 0);
      this.moments.stateCosts.add(gh, 0);
      d = before;
    }
  }

  /** d += an output, in a random direction: each number of it by +1 or -1. */
  #addOutput(d: Float64Array): void {
    if (!this.readout) {
      for (let i = 0; i < d.length; i++) d[i] += this.#sign();
      return;
    }
    const { kernel, units } = this.readout;
    const signs = Float64Array.from({ length: units }, () => this.#sign());
    for (let i = 0; i < d.length; i++) {
      for (let o = 0; o < units; o++) d[i] += kernel[i * units + o] * signs[o];
    }
  }

  /** A linear congruential generator; the constants are those of Numerical Recipes. */
  #sign(): number {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) | 0;
    return this.#seed < 0 ? -1 : 1;
  }
}

/** A step as it was: all (H). */
interface Step {
  /** The state before it. */
  readonly h: Float64Array;
  readonly z: Float64Array;
  readonly r: Float64Array;
  readonly n: Float64Array;
  readonly zSlope: Float64Array;
  readonly rSlope: Float64Array;
  readonly nSlope: Float64Array;
  /** The candidate's part of the product of the state. */
  readonly product: Float64Array;
  /** r · h */
  readonly resetState: Float64Array;
}

function createStep(units: number): Step {
  const [h, z, r, n, zSlope, rSlope, nSlope, product, resetState] = Array.from(
    { length: 9 },
    () => new Float64Array(units),
  );
  return { h, z, r, n, zSlope, rSlope, nSlope, product, resetState };
}

/** The derivative of an activation at x, where it gives y; but for the common two, a difference of f32 numbers. */
function slopeOf(activation: Activation, x: number, y: number): number {
  if (activation.name === "sigmoid") return y * (1 - y);
  if (activation.name === "tanh") return 1 - y * y;
  const [above, below] = [Math.fround(x + 1 / 64), Math.fround(x - 1 / 64)];
  return (activate(activation, above) - activate(activation, below)) / (above - below);
}

/** out = bias + x · matrix, in columns from `from` up to `to`. Four rows at a time: the sums are then read and written once. */
function multiply(
  out: Float64Array,
  x: ArrayLike<number>,
  at: number,
  rows: number,
  matrix: Float32Array,
  columns: number,
  bias: Float32Array | null,
  from: number,
  to: number,
): void {
  for (let c = from; c < to; c++) out[c] = bias === null ? 0 : bias[c];
  let k = 0;
  for (; k + 4 <= rows; k += 4) {
    const [a, b, c, d] = [x[at + k], x[at + k + 1], x[at + k + 2], x[at + k + 3]];
    const row = k * columns;
    for (let i = from; i < to; i++) {
      const place = row + i;
      out[i] +=
        a * matrix[place] +
        b * matrix[place + columns] +
        c * matrix[place + 2 * columns] +
        d * matrix[place + 3 * columns];
    }
  }
  for (; k < rows; k++) {
    const value = x[at + k];
    for (let i = from; i < to; i++) out[i] += value * matrix[k * columns + i];
  }
}

/** The part of a gradient that goes back through a matrix (H, 3H), by its columns from `from` up to `to`: (H). */
function multiplyBack(
  matrix: Float32Array,
  gradient: Float64Array,
  units: number,
  from: number,
  to: number,
): Float64Array {
  const back = new Float64Array(units);
  const columns = 3 * units;
  let k = 0;
  for (; k + 4 <= units; k += 4) {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = from, place = k * columns + from; i < to; i++, place++) {
      const value = gradient[i];
      a += matrix[place] * value;
      b += matrix[place + columns] * value;
      c += matrix[place + 2 * columns] * value;
      d += matrix[place + 3 * columns] * value;
    }
    back.set([a, b, c, d], k);
  }
  for (; k < units; k++) {
    for (let i = from; i < to; i++) back[k] += matrix[k * columns + i] * gradient[i];
  }
  return back;
}
