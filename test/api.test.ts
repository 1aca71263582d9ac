import { describe, expect, it } from "vitest";
import { bidirectional } from "../src/layers/bidirectional.ts";
import { dense } from "../src/layers/dense.ts";
import { dropout } from "../src/layers/dropout.ts";
import { embedding } from "../src/layers/embedding.ts";
import { gru } from "../src/layers/gru.ts";
import { masking } from "../src/layers/masking.ts";
import { createModelWith } from "../src/model/model.ts";
import { presets } from "../src/sequence/semantics.ts";
import { engines } from "./engines.ts";
import { features, gruOptions, nest, seededGru, seedStack } from "./stacks.ts";

const tokens = [
  [1, 2, 1, 0, 0],
  [0, 1, 2, 1, 0],
];

describe.each(engines)("API over the %s engine", (_, engine) => {
  describe("the question", () => {
    const model = createModelWith(engine, seedStack());
    it("m0: what the embedding gives", () => {
      const { outputs, states, mask } = createModelWith(engine, seedStack().slice(0, 1)).run(tokens);
      expect(outputs.shape).toEqual([2, 5, 2]);
      expect([...outputs.data.slice(0, 8)]).toEqual([1, 1, 2, 2, 1, 1, Math.fround(0.37), Math.fround(0.37)]);
      expect([states, mask]).toEqual([[], null]);
    });
    it("m1: no mask", () => {
      const { outputs, mask } = model.run(tokens, { mask: false });
      expect(outputs.shape).toEqual([2, 5, 1]);
      // Digits that tell an f32 from every other: the same f32, then, and the same digits.
      expect(outputs.data).toEqual(
        Float32Array.of(-6, -50, -156, -272.7276, -475.83362, -1.2876, -9.862801, -69.314, -213.94202, -373.54672),
      );
      expect(mask).toBeNull();
    });
    it("m2: the layers' mask", () => {
      const { outputs, mask, states } = model.run(tokens);
      expect([...outputs.data]).toEqual([-6, -50, -156, -156, -156, 0, -6, -50, -156, -156]);
      expect(mask?.shape).toEqual([2, 5]);
      expect([...(mask?.data ?? [])]).toEqual([1, 1, 1, 0, 0, 0, 1, 1, 1, 0]);
      expect(states.map(({ data, shape }) => [[...data], shape])).toEqual([
        [
          [-156, -156],
          [2, 1],
        ],
      ]);
    });
    it("old: dynamic_rnn, lengths", () => {
      const { outputs } = model.run(tokens, { lengths: [3, 4] });
      expect([...outputs.data]).toEqual([-6, -50, -156, 0, 0, 0, -6, -50, -156, 0]);
    });
  });

  it("chooses semantics by what is given", () => {
    const model = createModelWith(engine, [seededGru(2, 3)]);
    const x = features(2, 4, 2);
    const mask = [
      [true, true, false, false],
      [1, 1, 1, 1],
    ];
    const lengths = [2, 4];
    const under = (options: object) => [...model.run(x, options).outputs.data];
    expect(under({ lengths })).toEqual(under({ lengths, semantics: "tf1" }));
    expect(under({ mask })).toEqual(under({ mask, semantics: "keras" }));
    expect(under({ mask, lengths })).toEqual(under({ mask, semantics: "keras" }));
    expect(under({ lengths: null, mask: null })).toEqual(under({ mask: false }));
    expect(under({ mask })).not.toEqual(under({ lengths }));
    expect(under({ lengths, semantics: { paddedOutput: { value: 7 } } }).slice(6, 12)).toEqual(Array(6).fill(7));
    expect(under({ lengths, semantics: { preset: "keras" } })).toEqual(under({ mask }));
    expect(under({ mask, semantics: { paddedOutput: "zero" } })).toEqual(under({ lengths }));
    const initialState = [
      [1, 1, 1],
      [1, 1, 1],
    ];
    const empty = (emptyState: "initial" | "zero") => [
      ...model.run(x, { lengths: [0, 4], initialState, semantics: { emptyState } }).states[0].data.slice(0, 3),
    ];
    expect(empty("initial")).toEqual([1, 1, 1]);
    expect(empty("zero")).toEqual([0, 0, 0]);
  });

  it("lets both lengths and mask forbid a step", () => {
    const model = createModelWith(engine, [seededGru(2, 3)]);
    const x = features(2, 4, 2);
    const mask = { data: Uint8Array.of(1, 0, 1, 1, 1, 1, 1, 1), shape: [2, 4] };
    const { mask: left } = model.run(x, { mask, lengths: Int32Array.of(3, 1) });
    expect([...(left?.data ?? [])]).toEqual([1, 0, 1, 0, 1, 0, 0, 0]);
  });

  it("takes long and negative lengths as the semantics say", () => {
    const model = createModelWith(engine, [seededGru(2, 3)]);
    const x = features(2, 4, 2);
    const clamped = model.run(x, { lengths: [9, 4] });
    expect(clamped.outputs.data).toEqual(model.run(x, { lengths: [4, 4] }).outputs.data);
    const negative = model.run(x, { lengths: [-1, 4], semantics: { negativeLength: "zero" } });
    expect(negative.outputs.data).toEqual(model.run(x, { lengths: [0, 4] }).outputs.data);
  });

  it("gives the states of the layers that return them, forward before backward", () => {
    const model = createModelWith(engine, [
      seededGru(2, 3),
      seededGru(3, 5, { returnState: false }, 2),
      bidirectional({
        forward: { ...gruOptions(5, 2, 3), returnSequences: true },
        backward: { ...gruOptions(5, 4, 4), units: 4 },
      }),
    ]);
    const { outputs, states } = model.run(features(2, 4, 2));
    expect(outputs.shape).toEqual([2, 4, 6]);
    expect(states.map(({ shape }) => shape)).toEqual([
      [2, 3],
      [2, 2],
      [2, 4],
    ]);
    expect([...states[1].data.slice(0, 2)]).toEqual([...outputs.data.slice(18, 20)]);
    expect([...states[2].data.slice(0, 4)]).toEqual([...outputs.data.slice(2, 6)]);
  });

  it("keeps both outputs apart with merge mode none", () => {
    const options = { forward: seededGru(2, 3), backward: { ...gruOptions(2, 2, 7), units: 2 } };
    const x = features(2, 4, 2);
    const both = createModelWith(engine, [bidirectional(options)]).run(x, { lengths: [4, 3] });
    const model = createModelWith(engine, [bidirectional({ ...options, mergeMode: null })]);
    const { outputs, backwardOutputs } = model.run(x, { lengths: [4, 3] });
    expect(outputs.shape).toEqual([2, 4, 3]);
    expect(backwardOutputs?.shape).toEqual([2, 4, 2]);
    for (let cell = 0; cell < 8; cell++) {
      const joined = [
        ...outputs.data.slice(cell * 3, cell * 3 + 3),
        ...(backwardOutputs?.data.slice(cell * 2, cell * 2 + 2) ?? []),
      ];
      expect(joined).toEqual([...both.outputs.data.slice(cell * 5, cell * 5 + 5)]);
    }
    const out = new Float32Array(40);
    model.runInto(out, x, { lengths: [4, 3] });
    expect(out).toEqual(Float32Array.of(...outputs.data, ...(backwardOutputs?.data ?? [])));
    const turned = model.run(x, { lengths: [4, 3] });
    const time = model.run(turnTimeMajor(x), { lengths: [4, 3], timeMajor: true });
    expect(time.backwardOutputs?.shape).toEqual([4, 2, 2]);
    expect(time.backwardOutputs?.data).toEqual(turnTimeMajor(turned.backwardOutputs as never).data);
  });

  it("gives no time axis without returnSequences", () => {
    const model = createModelWith(engine, [gru(gruOptions(2, 3)), dense({ units: 2, kernel: new Array(6).fill(0.5) })]);
    const { outputs, states, mask } = model.run(features(3, 4, 2));
    expect(outputs.shape).toEqual([3, 2]);
    expect(mask).toBeNull();
    const sum = states[0].data.slice(0, 3).reduce((a, b) => Math.fround(a + Math.fround(b * 0.5)), 0);
    expect(outputs.data[0]).toBe(sum);
    expect(model.outputShape).toEqual([null, 2]);
  });

  it("runInto gives run's bits, into an array or a tensor, again and again", () => {
    const model = createModelWith(engine, [masking(), seededGru(2, 3), dropout({ rate: 0.5 })]);
    for (const [rows, steps] of [
      [2, 4],
      [2, 4],
      [3, 1],
      [1, 7],
    ]) {
      const x = features(rows, steps, 2, rows);
      const wanted = model.run(x, { lengths: new Int32Array(rows).fill(1) }).outputs.data;
      const out = new Float32Array(wanted.length).fill(9);
      expect(model.runInto(out, x, { lengths: new Int32Array(rows).fill(1) })).toBe(out);
      expect(out).toEqual(wanted);
      const tensor = { data: out.fill(9), shape: [rows, steps, 3] };
      expect(model.runInto(tensor, x, { lengths: new Int32Array(rows).fill(1) }).data).toEqual(wanted);
    }
  });

  it("returns results of its own", () => {
    const model = createModelWith(engine, [seededGru(2, 3)]);
    const x = features(2, 4, 2);
    const first = model.run(x, { lengths: [2, 4] });
    const copy = structuredClone(first);
    model.run(features(2, 4, 2, 8), { lengths: [1, 1] });
    expect(first).toEqual(copy);
    expect(x).toEqual(features(2, 4, 2));
  });

  describe("initialState", () => {
    const model = createModelWith(engine, [seededGru(2, 2), seededGru(2, 2, {}, 2)]);
    const single = createModelWith(engine, [seededGru(2, 2)]);
    const x = features(2, 3, 2);
    const h = Float32Array.of(0.1, 0.2, 0.3, 0.4);
    const rows = nest(h, [2, 2]);
    it("is taken in every form", () => {
      const wanted = single.run(x, { initialState: h });
      expect(wanted).not.toEqual(single.run(x));
      const forms = [
        [h],
        rows,
        [rows],
        { data: [...h], shape: [2, 2] },
        [{ data: h, shape: [2, 2] }],
        [...h],
        [[...h]],
      ];
      for (const initialState of forms) {
        expect(single.run(x, { initialState })).toEqual(wanted);
      }
      const two = model.run(x, { initialState: [h, null] });
      expect(two.outputs).not.toEqual(model.run(x).outputs);
      expect(model.run(x, { initialState: [rows, null] })).toEqual(two);
      expect(model.run(x, { initialState: [null, null] })).toEqual(model.run(x));
    });
    it("continues a run from its states, bit for bit", () => {
      const whole = model.run(x);
      const part = (from: number, to: number) => ({
        data: Float32Array.of(...x.data.slice(from * 2, to * 2), ...x.data.slice(6 + from * 2, 6 + to * 2)),
        shape: [2, to - from, 2],
      });
      const first = model.run(part(0, 1));
      const second = model.run(part(1, 3), { initialState: first.states });
      expect(second.states).toEqual(whole.states);
    });
  });

  describe("stateful layers", () => {
    const x = features(2, 4, 2);
    const half = (at: number) => ({
      data: Float32Array.of(...x.data.slice(at * 4, at * 4 + 4), ...x.data.slice(8 + at * 4, 12 + at * 4)),
      shape: [2, 2, 2],
    });
    const whole = createModelWith(engine, [seededGru(2, 3), seededGru(3, 2, {}, 2)]).run(x);
    const model = createModelWith(engine, [
      seededGru(2, 3, { stateful: true }),
      seededGru(3, 2, { stateful: true }, 2),
    ]);
    it("go on where the last run ended, until reset", () => {
      for (let round = 0; round < 3; round++) {
        const first = model.run(half(0));
        const second = new Float32Array(8);
        model.runInto(second, half(1));
        expect([...first.outputs.data.slice(0, 4), ...second.slice(0, 4)]).toEqual([...whole.outputs.data.slice(0, 8)]);
        model.resetStates();
      }
    });
    it("keep nothing of a run that was refused, and want the same rows", () => {
      model.run(half(0));
      expect(() => model.run(features(3, 2, 2))).toThrow(
        /gru.initialState \(kept until resetStates\): expected shape \[3, 3\], got \[6\]/,
      );
      expect(() => model.runInto(new Float32Array(1), half(0))).toThrow(/out/);
      expect(model.run(half(1)).states).toEqual(whole.states);
      model.resetStates();
      expect(model.run(features(3, 2, 2)).outputs.shape).toEqual([3, 2, 2]);
      model.resetStates();
    });
    it("give way to initialState", () => {
      const fresh = model.run(half(0));
      expect(model.run(half(0), { initialState: [new Float32Array(6), new Float32Array(4)] })).toEqual(fresh);
      expect(model.run(half(0), { initialState: [new Float32Array(6), null] })).not.toEqual(fresh);
      model.resetStates();
    });
  });

  it("describes itself", () => {
    const model = createModelWith(engine, [
      embedding({
        weights: [
          [1, 2],
          [3, 4],
          [5, 6],
        ],
        maskZero: true,
      }),
      seededGru(2, 2, { resetAfter: false, bias: null, clip: 3 }),
      bidirectional({ forward: gruOptions(2, 1), backward: gruOptions(2, 1), mergeMode: "sum" }),
      dense({ units: 1, kernel: [1], activation: { name: "leaky_relu", alpha: 0.25 }, name: "head" }),
    ]);
    expect(model.summary()).toBe(
      [
        "layer          output            parameters  options",
        "embedding      [batch, time, 2]           6  vocabulary 3, features 2, maskZero",
        "gru            [batch, time, 2]          24  inputs 2, units 2, activation tanh, recurrentActivation sigmoid, " +
          "clip 3, returnSequences, returnState",
        "bidirectional  [batch, 1]                30  forward (inputs 2, units 1, activation tanh, recurrentActivation " +
          "sigmoid, resetAfter, returnState), backward (inputs 2, units 1, activation tanh, recurrentActivation " +
          "sigmoid, resetAfter, returnState, goBackwards), mergeMode sum",
        "head           [batch, 1]                 1  inputs 1, units 1, activation leaky_relu(0.25, 0)",
        "total                                    61  244 bytes as f32",
      ].join("\n"),
    );
    expect(model.inputShape).toEqual([null, null]);
    expect(model.outputShape).toEqual([null, 1]);
    expect(model.layers.map(({ name }) => name)).toEqual(["embedding", "gru", "bidirectional", "head"]);
  });

  it("numbers layers without a name as Keras does", () => {
    const model = createModelWith(engine, [
      seededGru(2, 2),
      seededGru(2, 2),
      seededGru(2, 2, { name: "gru_2" }),
      seededGru(2, 2),
    ]);
    expect(model.layers.map(({ name }) => name)).toEqual(["gru", "gru_1", "gru_2", "gru_3"]);
    expect(createModelWith(engine, [dropout(), seededGru(2, 2)]).inputShape).toEqual([null, null, 2]);
  });

  it("names every preset's rules", () => {
    const model = createModelWith(engine, [seededGru(2, 3)]);
    const options = { mask: [[0, 1, 1, 0]], initialState: [[0.1, 0.2, 0.3]] };
    const x = features(1, 4, 2);
    for (const [preset, rules] of Object.entries(presets)) {
      expect(model.run(x, { ...options, semantics: rules })).toEqual(
        model.run(x, { ...options, semantics: preset as keyof typeof presets }),
      );
    }
  });
});

/** (a, b, F) → (b, a, F) */
function turnTimeMajor({ data, shape }: { data: Float32Array; shape: readonly number[] }) {
  const [a, b, size] = shape;
  const turned = new Float32Array(data.length);
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++)
      turned.set(data.subarray((i * b + j) * size, (i * b + j + 1) * size), (j * a + i) * size);
  }
  return { data: turned, shape: [b, a, size] };
}
