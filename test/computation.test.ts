import { describe, expect, it } from "vitest";
import { expected } from "../src/errors.ts";
import { computedOperation } from "../src/kernel/computed.ts";
import { kernelEngine } from "../src/kernel/engine.ts";
import * as equipped from "../src/kernel/layers.ts";
import { withOperation } from "../src/kernel/operation.ts";
import { type Computation, makeLayer } from "../src/layers/computation.ts";
import * as described from "../src/layers/gru.ts";
import type { Layer } from "../src/layers/layer.ts";
import { createModelWith } from "../src/model/model.ts";
import { referenceEngine } from "../src/reference/engine.ts";
import { module } from "./engines.ts";
import { features, gruOptions, seededGru } from "./stacks.ts";

/** x / 3, at every step. */
const third: Computation<object> = {
  shape: (_, input) => input,
  run(_, input, store) {
    const data = store(input.data.length);
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(input.data[i] / 3);
    return { ...input, data };
  },
  step(_, input, output, rows) {
    for (let i = 0; i < rows * 3; i++) output[i] = Math.fround(input[i] / 3);
  },
};

/** Whether each row has a step at all, and its first feature at the last one: needs the future, and ends the sequence. */
const last: Computation<object> = {
  shape(_, { sequence }, previous) {
    if (!sequence) throw expected("model", "last", `a sequence from ${previous}`, "its last output only");
    return { features: 2, backwardFeatures: 0, sequence: false };
  },
  run(_, { rows, steps, features: size, data, mask }, store) {
    const out = store(2 * rows);
    for (let row = 0; row < rows; row++) {
      const valid = mask ? mask.lastIndexOf(1, (row + 1) * steps - 1) - row * steps : steps - 1;
      out[2 * row] = Number(valid >= 0);
      out[2 * row + 1] = valid < 0 ? 0 : data[(row * steps + valid) * size];
    }
    return { rows, steps: 1, features: 2, data: out, mask: null };
  },
};

const layer = (name: string, computation: Computation<object>, fields = {}): Layer =>
  withOperation(
    makeLayer<Layer>({ kind: name, name: "", ...fields } as unknown as Layer, computation),
    computedOperation,
  );

const kernel = kernelEngine(() => module);
const gru = (inputs: number, units: number) => equipped.gru({ ...gruOptions(inputs, units), returnSequences: true });

describe("a layer that brings its computation", () => {
  const stack = () => [gru(2, 3), layer("third", third, { inputs: 3 }), gru(3, 2)];
  const input = features(70, 4, 2);
  const lengths = Array.from({ length: 70 }, (_, row) => row % 5);

  it("gives the same bits in both engines, whole and as a stream", () => {
    const [a, b] = [kernel, referenceEngine].map((engine) => createModelWith(engine, stack()));
    const outputs = a.run(input, { lengths }).outputs.data;
    expect(outputs).toEqual(b.run(input, { lengths }).outputs.data);
    const whole = a.run(input).outputs.data;
    for (const model of [a, b]) {
      const stream = model.stream({ rows: 70 });
      for (let t = 0; t < 4; t++) {
        const frame = Float32Array.from({ length: 140 }, (_, i) => input.data[((i >> 1) * 4 + t) * 2 + (i & 1)]);
        const out = stream.step(frame);
        for (let i = 0; i < out.length; i++) expect(out[i]).toBe(whole[((i >> 1) * 4 + t) * 2 + (i & 1)]);
      }
    }
  });

  it("sees the mask, may end the sequence, and then has no stream", () => {
    const [a, b] = [kernel, referenceEngine].map((engine) =>
      createModelWith(engine, [gru(2, 3), layer("last", last), equipped.dense({ units: 1, kernel: [1, 1] })]),
    );
    const { outputs } = a.run(input, { lengths });
    expect(outputs.shape).toEqual([70, 1]);
    expect(outputs.data).toEqual(b.run(input, { lengths }).outputs.data);
    expect(outputs.data[0]).toBe(0);
    for (const model of [a, b]) expect(() => model.stream()).toThrow(/^stream: expected .* no later steps, got last$/);
    expect(a.summary()).toContain("last");
  });

  it("is checked like any other", () => {
    const refuse = (...layers: Layer[]) => expect(() => createModelWith(kernel, layers));
    refuse(gru(2, 4), layer("third", third, { inputs: 3 })).toThrow(/^third: expected 3 features, got/);
    refuse(gru(2, 4), layer("last", last), layer("last", last)).toThrow(/^last: expected a sequence from last/);
  });
});

describe("a layer that brings no operation", () => {
  it("is refused by the kernel, with the way out, and taken by the reference", () => {
    const plain = described.gru(gruOptions(2, 3));
    expect(() => createModelWith(kernel, [plain])).toThrow(
      /^gru: expected gru\(\) of congruent or congruent\/core, got .*congruent\/reference/,
    );
    expect(createModelWith(referenceEngine, [plain]).run([[[1, 2]]]).outputs.shape).toEqual([1, 3]);
  });

  it("can be given one", () => {
    const plain = seededGru(2, 3);
    const models = [
      createModelWith(kernel, equipped.withOperations([plain])),
      createModelWith(referenceEngine, [plain]),
    ];
    const [a, b] = models.map((model) => model.run(features(2, 3, 2)).outputs.data);
    expect(a).toEqual(b);
  });
});
