import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Layer } from "../../src/layers/layer.ts";
import type { RunOptions } from "../../src/model/input.ts";
import type { Model, RunResult } from "../../src/model/model.ts";
import { createModel as createReference } from "../../src/reference/index.ts";
import { type Preset, presets } from "../../src/sequence/semantics.ts";
import {
  bits,
  Random,
  type RandomStack,
  type randomStack as randomFloatStack,
  randomInput,
  randomMask,
} from "./random.ts";

/**
 * Cases of each property: in CI 20,000 and more over all of them. A failure prints the seed of its case; SEED and CASES
 * repeat or widen a run.
 */
const CASES = Number(process.env.CASES ?? (process.env.CI ? 3000 : 300));
const SEED = Number(process.env.SEED ?? 20261124);

/** Runs a property over seeds. */
function forSeeds(property: (random: Random) => void, cases = CASES): void {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0x7fffffff }), (seed) => property(new Random(seed))),
    { seed: SEED, numRuns: cases },
  );
}

/** Presets under which any mask can be run: PyTorch refuses empty rows. */
const anyMask = (Object.keys(presets) as Preset[]).filter((name) => presets[name].emptyState !== "error");

function randomStates(random: Random, stack: RandomStack, rows: number) {
  return stack.slots.map((units) => (random.chance(0.2) ? null : random.floats(rows * units)));
}

function randomOptions(random: Random, stack: RandomStack, rows: number, steps: number): RunOptions {
  const { mask, lengths } = randomMask(random, rows, steps);
  const choice = random.next();
  return {
    ...(choice < 0.2 ? {} : choice < 0.3 ? { mask: false } : lengths && choice < 0.6 ? { lengths } : { mask }),
    semantics: random.chance(0.2)
      ? {
          preset: random.pick(anyMask),
          paddedOutput: random.pick(["zero", "carry-output", "carry-state", { value: -7.5 }] as const),
          lastOutput: random.pick(["step", "state"] as const),
          backwardsOrder: random.pick(["input", "processing"] as const),
          bidirectionalPadding: random.pick(["zero", "same"] as const),
        }
      : random.pick(anyMask),
    ...(random.chance(0.6) && { initialState: randomStates(random, stack, rows) }),
    ...(random.chance(0.1) && { timeMajor: true }),
  };
}

/** Rows: mostly few, sometimes more than the kernel runs together. */
function randomRows(random: Random): number {
  return random.chance(0.03) ? random.whole(60, 70) : random.whole(1, 9);
}

function expectSame(actual: RunResult, expected: RunResult): void {
  expect(bits(actual.outputs.data)).toEqual(bits(expected.outputs.data));
  expect(actual.outputs.shape).toEqual(expected.outputs.shape);
  expect(actual.states.map(({ data }) => bits(data))).toEqual(expected.states.map(({ data }) => bits(data)));
  expect(actual.mask).toEqual(expected.mask);
  if (expected.backwardOutputs) {
    expect(bits((actual.backwardOutputs as typeof expected.backwardOutputs).data)).toEqual(
      bits(expected.backwardOutputs.data),
    );
  }
}

/** One row of results, as if it had been run alone. */
function rowOf(result: RunResult, row: number, rows: number): RunResult {
  const part = <T extends Float32Array | Uint8Array>({ data, shape }: { data: T; shape: readonly number[] }) => ({
    data: data.slice((row * data.length) / rows, ((row + 1) * data.length) / rows) as T,
    shape: [1, ...shape.slice(1)],
  });
  return {
    outputs: part(result.outputs),
    states: result.states.map(part),
    mask: result.mask && part(result.mask),
    ...(result.backwardOutputs && { backwardOutputs: part(result.backwardOutputs) }),
  };
}

function rowInput(input: { data: Float32Array | Int32Array; shape: number[] }, row: number) {
  const size = input.data.length / input.shape[0];
  return { data: input.data.slice(row * size, (row + 1) * size), shape: [1, ...input.shape.slice(1)] };
}

/**
 * The properties, of one engine beside the reference. A file an engine, since files run side by side.
 *
 * @param randomStack layers of the engine's
 */
export function describeProperties(
  type: string,
  createModel: typeof createReference,
  randomStack: typeof randomFloatStack,
): void {
  describe(`in ${type}`, () => {
    describe("the kernel and the reference", () => {
      it("give the same bits for any stack, mask, semantics and state", () => {
        forSeeds((random) => {
          const stack = randomStack(random);
          const rows = randomRows(random);
          const steps = random.chance(0.05) ? random.whole(13, 80) : random.whole(1, 12);
          const input = randomInput(random, stack, rows, steps);
          const { timeMajor, ...options } = randomOptions(random, stack, rows, steps);
          const turned = timeMajor ? { ...input, shape: [steps, rows, ...input.shape.slice(2)] } : input;
          const all = timeMajor ? { ...options, timeMajor } : options;
          expectSame(createModel(stack.layers).run(turned, all), createReference(stack.layers).run(turned, all));
        });
      });

      it("give the same bits step by step in a stream", () => {
        forSeeds((random) => {
          const stack = randomStack(random, { causal: true, largest: 25 });
          const rows = randomRows(random);
          const steps = random.whole(1, 8);
          const options = { rows, semantics: random.pick(anyMask), mask: random.chance(0.8) };
          const [a, b] = [createModel(stack.layers), createReference(stack.layers)].map((m) => m.stream(options));
          const input = randomInput(random, stack, rows * steps, 1);
          const size = input.data.length / steps;
          for (let step = 0; step < steps; step++) {
            const frame = input.data.slice(step * size, (step + 1) * size);
            const valid = random.chance(0.3) ? randomMask(random, rows, 1).mask : undefined;
            const [x, y] = [a, b].map((stream) => stream.step(frame, undefined, options.mask ? valid : undefined));
            expect(bits(x)).toEqual(bits(y));
          }
          expect(a.state.map(({ data }) => bits(data))).toEqual(b.state.map(({ data }) => bits(data)));
        });
      });
    });

    describe("a row's bits do not depend", () => {
      it("on the batch it is in", () => {
        forSeeds((random) => {
          const stack = randomStack(random);
          const model = createModel(stack.layers);
          const rows = randomRows(random);
          const steps = random.whole(1, 10);
          const input = randomInput(random, stack, rows, steps);
          const { mask } = randomMask(random, rows, steps);
          const semantics = random.pick(anyMask);
          const initialState = randomStates(random, stack, rows);
          const together = model.run(input, { mask, semantics, initialState });
          for (let row = 0; row < rows; row += random.whole(1, 1 + (rows >> 2))) {
            const alone = model.run(rowInput(input, row), {
              mask: mask.slice(row * steps, (row + 1) * steps),
              semantics,
              initialState: initialState.map(
                (s, i) => s?.slice(row * stack.slots[i], (row + 1) * stack.slots[i]) ?? null,
              ),
            });
            expectSame(alone, rowOf(together, row, rows));
          }
        });
      });

      it("on what the padding holds, NaN included", () => {
        forSeeds((random) => {
          const stack = randomStack(random, { noMasks: true });
          const model = createModel(stack.layers);
          const rows = randomRows(random);
          const steps = random.whole(1, 10);
          const input = randomInput(random, stack, rows, steps);
          const { mask } = randomMask(random, rows, steps);
          const options = { mask, semantics: random.pick(anyMask), initialState: randomStates(random, stack, rows) };
          const garbage = input.data.slice();
          const size = garbage.length / mask.length;
          for (let cell = 0; cell < mask.length; cell++) {
            if (mask[cell]) continue;
            const junk = stack.vocabulary ? [-1, 0x7fffffff, 1e6] : [Number.NaN, 1e38, -Infinity, -0];
            garbage.fill(random.pick(junk), cell * size, (cell + 1) * size);
          }
          expectSame(model.run({ ...input, data: garbage }, options), model.run(input, options));
        });
      });

      it("on how time is cut into chunks", () => {
        forSeeds((random) => {
          const stack = randomStack(random, { causal: true, sequences: true, noMasks: true });
          const model = createModel(stack.layers);
          const rows = randomRows(random);
          const steps = random.whole(2, 12);
          const input = randomInput(random, stack, rows, steps);
          const initialState = randomStates(random, stack, rows);
          const whole = model.run(input, { initialState });
          const cut = random.whole(1, steps - 1);
          const part = (from: number, to: number) => ({
            data: sliceTime(input.data, rows, steps, from, to),
            shape: [rows, to - from, ...input.shape.slice(2)],
          });
          const first = model.run(part(0, cut), { initialState });
          const second = model.run(part(cut, steps), { initialState: first.states });
          expect(bits(first.outputs.data)).toEqual(bits(sliceTime(whole.outputs.data, rows, steps, 0, cut)));
          expect(bits(second.outputs.data)).toEqual(bits(sliceTime(whole.outputs.data, rows, steps, cut, steps)));
          expect(second.states.map(({ data }) => bits(data))).toEqual(whole.states.map(({ data }) => bits(data)));
        });
      });

      it("on being streamed, interrupted, or moved to another stream by a snapshot", () => {
        forSeeds((random) => {
          const stack = randomStack(random, { causal: true, sequences: true, largest: 33 });
          const model = createModel(stack.layers);
          const rows = randomRows(random);
          const steps = random.whole(1, 10);
          const input = randomInput(random, stack, rows, steps);
          const semantics = random.pick(["tf1", "keras", "keras-jax", "tfjs"] as const);
          const initialState = randomStates(random, stack, rows);
          const whole = model.run(input, { semantics, initialState });
          let stream = model.stream({ rows, semantics, initialState });
          // A stream beside it, of more rows or fewer: the two take turns in the kernel.
          const otherRows = random.whole(1, 2 * rows);
          const other = model.stream({ rows: otherRows, semantics });
          const otherFrame = randomInput(random, stack, otherRows, 1).data;
          for (let t = 0; t < steps; t++) {
            const out = stream.step(sliceTime(input.data, rows, steps, t, t + 1));
            expect(bits(out)).toEqual(bits(sliceTime(whole.outputs.data, rows, steps, t, t + 1)));
            if (random.chance(0.3)) other.step(otherFrame);
            if (random.chance(0.2)) {
              const bytes = stream.snapshot();
              stream = model.stream({ rows, semantics });
              stream.restore(bytes);
            }
          }
          expect(stream.state.map(({ data }) => bits(data))).toEqual(whole.states.map(({ data }) => bits(data)));
        });
      });

      it("on the direction: backwards is forwards over the reversed input", () => {
        forSeeds((random) => {
          const seed = random.whole(1, 1e9);
          const build = (goBackwards: boolean): { stack: RandomStack; model: Model } => {
            const stack = randomStack(new Random(seed), { causal: true, noMasks: true });
            const layers = stack.layers.map((layer) => (layer.kind === "gru" ? { ...layer, goBackwards } : layer));
            // One recurrent layer: with more, the second would turn time again.
            const first = layers.findIndex((layer) => layer.kind === "gru");
            return { stack, model: createModel(layers.slice(0, first + 1) as Layer[]) };
          };
          const { stack, model } = build(false);
          const backwards = build(true).model;
          const rows = randomRows(random);
          const steps = random.whole(1, 10);
          const input = randomInput(random, stack, rows, steps);
          const options = { initialState: [random.floats(rows * stack.slots[0])], semantics: "keras" as const };
          const reversed = { ...input, data: reverseTime(input.data, rows, steps) };
          expectSame(backwards.run(input, options), model.run(reversed, options));
        });
      });
    });
  });
}

/** (B, T, …) → (B, to - from, …) */
function sliceTime<T extends Float32Array | Int32Array>(
  data: T,
  rows: number,
  steps: number,
  from: number,
  to: number,
): T {
  const size = data.length / rows / steps;
  const result = new (data.constructor as new (n: number) => T)(rows * (to - from) * size);
  for (let row = 0; row < rows; row++) {
    result.set(data.subarray((row * steps + from) * size, (row * steps + to) * size), row * (to - from) * size);
  }
  return result;
}

function reverseTime<T extends Float32Array | Int32Array>(data: T, rows: number, steps: number): T {
  const size = data.length / rows / steps;
  const result = data.slice() as T;
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < steps; t++) {
      const from = (row * steps + t) * size;
      result.set(data.subarray(from, from + size), (row * steps + steps - 1 - t) * size);
    }
  }
  return result;
}
