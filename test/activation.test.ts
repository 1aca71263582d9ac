import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Activation, type ActivationName, activationNames, resolveActivation } from "../src/activation.ts";
import { compile, instantiate } from "../src/kernel/instantiate.ts";
import { activate, exp } from "../src/reference/activation.ts";
import { truths } from "./activation-truth.ts";

const kernel = instantiate(compile(readFileSync(new URL("../build/gru.wasm", import.meta.url))));
const place = kernel.heapBase();
const start = 4 * place;
const names = Object.keys(truths) as ActivationName[];

/** Where some function changes its way: clamps, thresholds, and the ends of the normal and the finite numbers. */
const thresholds = [
  0,
  1e-45,
  2e-45,
  1.1754943508222875e-38,
  2 ** -24,
  2 ** -12,
  0.34657359,
  0.5,
  1,
  1.5,
  2.5,
  3,
  3.5,
  6,
  8,
  8.5,
  9.01,
  10,
  10.875,
  13,
  14.5,
  15,
  16,
  17.33,
  20,
  30,
  60,
  87.33654,
  87.68,
  88.37626,
  88.72284,
  89,
  103.27893,
  103.97208,
  105,
  109,
  110,
  128,
  2 ** 22,
  2 ** 24,
  2 ** 31,
  2 ** 64,
  2.9e38,
  3.4028234663852886e38,
  Number.POSITIVE_INFINITY,
];

/** About 10⁵ f32 values: 24 on both sides of each threshold, NaNs, patterns from everywhere, and the usual range. */
const inputs = ((): Float32Array => {
  const patterns = [0x7fc00000, 0xffc00000, 0x7f800001, 0xffffffff];
  const one = new Float32Array(1);
  const bits = new Uint32Array(one.buffer);
  for (const threshold of thresholds) {
    one[0] = threshold;
    const middle = bits[0];
    for (let near = middle - 24; near <= middle + 24; near++) patterns.push(near >>> 0, (near ^ 0x80000000) >>> 0);
  }
  let seed = 1;
  const next = (): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed;
  };
  for (let i = 0; i < 48000; i++) patterns.push(next());
  while (patterns.length < 100000) {
    one[0] = (next() / 2 ** 32 - 0.5) * 2 ** (next() % 9);
    patterns.push(bits[0]);
  }
  return new Float32Array(Uint32Array.from(patterns).buffer);
})();

/** The kernel's values for a multiple of four numbers. */
function run({ code, alpha, beta }: Activation, values: ArrayLike<number>): Float32Array<ArrayBuffer> {
  const missing = start + values.length * 4 - kernel.memory.buffer.byteLength;
  if (missing > 0) kernel.memory.grow(Math.ceil(missing / 65536));
  const view = new Float32Array(kernel.memory.buffer, start, values.length);
  view.set(values);
  kernel.activate(code, place, values.length / 4, alpha, beta);
  return view.slice();
}

/** The bits, with one pattern for all NaNs: WebAssembly leaves open which one comes out. */
function bitsOf(values: Float32Array<ArrayBuffer>): Uint32Array {
  const bits = new Uint32Array(values.buffer).slice();
  for (let i = 0; i < bits.length; i++) if (Number.isNaN(values[i])) bits[i] = 0x7fc00000;
  return bits;
}

function withParameters(name: ActivationName): Activation {
  const { alpha, beta } = truths[name];
  return resolveActivation({ name, ...(alpha && { alpha }), ...(beta && { beta }) }, name);
}

/** The distance in units in the last place of the truth, which are 2⁻¹⁴⁹ below the normal numbers. */
function ulps(value: number, truth: number): number {
  return Math.abs(value - truth) / 2 ** (Math.max(Math.floor(Math.log2(Math.abs(truth))), -126) - 23);
}

const SMALLEST_NORMAL = 2 ** -126;

describe("kernel and reference have the same bits", () => {
  const variants: Activation[] = [
    ...names.map(withParameters),
    ...["hard_sigmoid_0.2", "elu", "leaky_relu"].map((name) => resolveActivation(name as ActivationName, name)),
    resolveActivation({ name: "leaky_relu", alpha: -0.01 }, "test"),
    resolveActivation({ name: "hard_sigmoid", alpha: 0, beta: 0.25 }, "test"),
    resolveActivation({ name: "elu", alpha: -2.5 }, "test"),
    resolveActivation({ name: "thresholded_relu", alpha: 0 }, "test"),
    resolveActivation({ name: "thresholded_relu", alpha: -1.5 }, "test"),
    resolveActivation({ name: "affine", alpha: -3e38, beta: 1e-40 }, "test"),
    resolveActivation({ name: "scaled_tanh", alpha: -1.5, beta: 1e-20 }, "test"),
    resolveActivation({ name: "scaled_tanh", alpha: 0, beta: 0 }, "test"),
  ];

  it.each(variants)("$name($alpha, $beta)", (activation) => {
    const actual = run(activation, inputs);
    const expected = inputs.map((x) => activate(activation, x));
    expect(firstDifference(actual, expected)).toBe("none");
  });

  it("for every number of vectors, touching nothing behind them", () => {
    for (const name of names) {
      const activation = withParameters(name);
      for (let vectors = 0; vectors <= 9; vectors++) {
        const size = vectors * 4;
        const values = Float32Array.from({ length: size + 4 }, (_, i) => i * 0.37 - 4);
        const view = new Float32Array(kernel.memory.buffer, start, size + 4);
        view.set(values);
        kernel.activate(activation.code, place, vectors, activation.alpha, activation.beta);
        const expected = values.map((x, i) => (i < size ? activate(activation, x) : x));
        expect(firstDifference(view.slice(), expected), `${name}, ${vectors} vectors`).toBe("none");
      }
    }
  });

  it("covers every name", () => {
    expect(names.filter((name) => !activationNames.includes(name))).toEqual([]);
    expect(new Set(activationNames.map((name) => resolveActivation(nameWithParameters(name), name).name))).toEqual(
      new Set(names),
    );
  });

  it("softmax's exp is the exponential", () => {
    const exponential = withParameters("exponential");
    for (const x of inputs.subarray(0, 4000)) expect(exp(x)).toBe(activate(exponential, x));
  });
});

function nameWithParameters(name: string): { name: ActivationName; alpha?: number; beta?: number } {
  return name === "scaled_tanh" ? { name, alpha: 1, beta: 1 } : { name: name as ActivationName };
}

function firstDifference(actual: Float32Array<ArrayBuffer>, expected: Float32Array<ArrayBuffer>): string {
  const a = bitsOf(actual);
  const b = bitsOf(expected);
  const i = a.findIndex((bits, index) => bits !== b[index]);
  return i < 0 ? "none" : `number ${i}: ${actual[i]} unlike ${expected[i]}`;
}

describe("errors against float64 are within what docs/activations.md says", () => {
  it.each(names)("%s", (name) => {
    const truth = truths[name];
    const finite = inputs.filter((x) => Number.isFinite(x));
    const values = run(withParameters(name), pad(finite));
    let samples = 0;
    let absolute = 0;
    for (const [i, x] of finite.entries()) {
      const expected = truth.of(x);
      // Beyond the largest number there is nothing to measure; a test of special values looks at that.
      if (!Number.isFinite(expected) || Math.abs(expected) > 3.4e38) continue;
      const error = ulps(values[i], expected);
      const bound = Math.abs(Math.fround(expected)) < SMALLEST_NORMAL ? truth.denormals : truth.ulps;
      if (!(error <= bound)) expect.fail(`${name}(${x}) = ${values[i]}, expected ${expected}: ${error} ulp`);
      if (Math.abs(x) <= 8) absolute = Math.max(absolute, Math.abs(values[i] - expected));
      samples++;
    }
    expect(absolute).toBeLessThanOrEqual(truth.absolute);
    expect(samples).toBeGreaterThan(70000);
  });
});

function pad(values: Float32Array): Float32Array {
  const padded = new Float32Array(Math.ceil(values.length / 4) * 4);
  padded.set(values);
  return padded;
}

const INF = Number.POSITIVE_INFINITY;
const TINY = 2 ** -149;
const seluFloor = -1.7580993175506592;

describe("special values", () => {
  /** At -Infinity, -0, the denormals nearest to 0, +0 and Infinity. */
  const table: Record<ActivationName, readonly [number, number, number, number, number, number]> = {
    linear: [-INF, -0, -TINY, TINY, 0, INF],
    sigmoid: [0, 0.5, 0.5, 0.5, 0.5, 1],
    tanh: [-1, -0, -TINY, TINY, 0, 1],
    relu: [0, -0, 0, TINY, 0, INF],
    hard_sigmoid: [0, 0.5, 0.5, 0.5, 0.5, 1],
    leaky_relu: [-INF, -0, -0, TINY, 0, INF],
    elu: [-1, -0, -TINY, TINY, 0, INF],
    selu: [seluFloor, -0, -2 * TINY, TINY, 0, INF],
    softplus: [0, Math.fround(Math.LN2), Math.fround(Math.LN2), Math.fround(Math.LN2), Math.fround(Math.LN2), INF],
    softsign: [-1, -0, -TINY, TINY, 0, 1],
    relu6: [0, -0, 0, TINY, 0, 6],
    silu: [0, -0, 0, TINY, 0, INF],
    gelu: [0, -0, 0, TINY, 0, INF],
    gelu_tanh: [0, -0, 0, TINY, 0, INF],
    mish: [0, -0, -TINY, TINY, 0, INF],
    exponential: [0, 1, 1, 1, 1, INF],
    affine: [-INF, Math.fround(-0.3), Math.fround(-0.3), Math.fround(-0.3), Math.fround(-0.3), INF],
    thresholded_relu: [0, 0, 0, 0, 0, INF],
    scaled_tanh: [-Math.fround(1.7159), -0, -2 * TINY, 2 * TINY, 0, Math.fround(1.7159)],
  };

  it.each(names)("%s", (name) => {
    const actual = run(withParameters(name), [-INF, -0, -TINY, TINY, 0, INF, Number.NaN, Number.NaN]);
    expect([...actual]).toEqual([...table[name], Number.NaN, Number.NaN]);
  });

  it("Infinity times 0 is what it is elsewhere: NaN", () => {
    const scaled = resolveActivation({ name: "scaled_tanh", alpha: 0, beta: 0 }, "test");
    const affine = resolveActivation({ name: "affine", alpha: 0 }, "test");
    expect([...run(scaled, [-1, 1, INF, -INF])]).toEqual([-0, 0, Number.NaN, Number.NaN]);
    expect([...run(affine, [-1, 1, INF, -INF])]).toEqual([0, 0, Number.NaN, Number.NaN]);
  });

  it("thresholds belong to the lower side, and NaN to neither", () => {
    expect([...run(withParameters("thresholded_relu"), [1, 1.0000001192092896, -5, Number.NaN])]).toEqual([
      0,
      1.0000001192092896,
      0,
      Number.NaN,
    ]);
  });
});

describe("shape", () => {
  it("tanh is odd in every bit, never beyond 1, and x itself where |x| is small", () => {
    const tanh = withParameters("tanh");
    const up = run(tanh, inputs);
    const down = run(
      tanh,
      inputs.map((x) => -x),
    );
    expect(firstDifference(down, up.map((y) => -y) as Float32Array<ArrayBuffer>)).toBe("none");
    expect(up.every((y, i) => Math.abs(y) <= 1 || Number.isNaN(inputs[i]))).toBe(true);
    expect(inputs.every((x, i) => Math.abs(x) > 2 ** -26 || up[i] === x || Number.isNaN(x))).toBe(true);
  });

  it("sigmoid stays within 0 and 1, and reaches 0 by way of the denormals", () => {
    const values = run(withParameters("sigmoid"), inputs);
    expect(values.every((y, i) => (y >= 0 && y <= 1) || Number.isNaN(inputs[i]))).toBe(true);
    const [denormal, smallest, zero] = run(withParameters("sigmoid"), [-88.5, -103.9, -104.1, 0]);
    expect([denormal / 2 ** -149 > 1e6, smallest, zero]).toEqual([true, TINY, 0]);
  });

  it("the exponential underflows gradually and overflows to Infinity", () => {
    const exponential = withParameters("exponential");
    expect([...run(exponential, [-103.9, -104, 88.72, 88.73])]).toEqual([TINY, 0, expect.closeTo(3.4e38, -37), INF]);
  });
});
