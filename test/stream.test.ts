import { describe, expect, it } from "vitest";
import { CongruentError } from "../src/errors.ts";
import { dense } from "../src/layers/dense.ts";
import { embedding } from "../src/layers/embedding.ts";
import { gru } from "../src/layers/gru.ts";
import { masking } from "../src/layers/masking.ts";
import type { RunOptions } from "../src/model/input.ts";
import { createModelWith, type Model } from "../src/model/model.ts";
import type { Stream } from "../src/model/stream.ts";
import { type Preset, presets } from "../src/sequence/semantics.ts";
import { engines } from "./engines.ts";
import { filled, random } from "./reference-stacks.ts";
import { features, gruOptions, seededGru } from "./stacks.ts";

describe.each(engines)("streams of the %s engine", (_, engine) => {
  const layers = [
    masking(),
    seededGru(2, 3),
    seededGru(3, 4, {}, 2),
    dense({ units: 2, kernel: filled(8, random(4)) }),
  ];
  const model = createModelWith(engine, layers);
  const rows = 2;
  const steps = 6;
  const x = features(rows, steps, 2);
  x.data.fill(0, 0, 2).fill(0, 16, 18);
  const frame = (t: number) => frameOf(x, t);
  const initialState = [filled(6, random(8)), filled(8, random(9))];

  /** Steps from..to-1 → (T, B, F) flat */
  const play = (stream: Stream, from = 0, to = steps) => {
    const outputs: number[] = [];
    for (let t = from; t < to; t++) outputs.push(...stream.step(frame(t)));
    return outputs;
  };
  const timeMajor = (m: Model, options: RunOptions) => {
    const { outputs } = m.run(x, options);
    return Array.from({ length: steps }, (_, t) => [...frameOf(outputs, t)]).flat();
  };

  it.each(Object.keys(presets) as Preset[])("give run's bits under %s", (semantics) => {
    for (const mask of [true, false]) {
      const stream = model.stream({ rows, semantics, mask, initialState });
      const whole: RunOptions = mask ? { semantics, initialState } : { semantics, initialState, mask: false };
      expect(play(stream)).toEqual(timeMajor(model, whole));
      expect(stream.state).toEqual(model.run(x, whole).states);
    }
  });

  it("leave out the rows that a step does not count for", () => {
    const bits = [0, 1, 1, 0, 1, 1, 1, 0, 0, 1, 1, 0]; // (B, T)
    for (const semantics of Object.keys(presets) as Preset[]) {
      const stream = model.stream({ rows, semantics, initialState });
      const outputs: number[] = [];
      for (let t = 0; t < steps; t++) {
        outputs.push(
          ...stream.step(
            frame(t),
            undefined,
            t % 2 ? [bits[t], !!bits[steps + t]] : Uint8Array.of(bits[t], bits[steps + t]),
          ),
        );
      }
      expect(outputs).toEqual(timeMajor(model, { semantics, initialState, mask: bits }));
    }
    const one = createModelWith(engine, [seededGru(2, 3)]).stream();
    one.step([1, 2], undefined, false);
    expect([...one.state[0].data]).toEqual([0, 0, 0]);
    one.step([1, 2], undefined, true);
    expect([...one.state[0].data]).not.toEqual([0, 0, 0]);
  });

  it("write into out, or make one", () => {
    const stream = model.stream({ rows });
    expect(stream.outputSize).toBe(4);
    const out = new Float32Array(4);
    expect(stream.step(frame(1), out)).toBe(out);
    stream.reset();
    expect(stream.step(frame(1))).toEqual(out);
    stream.reset();
    expect(stream.step([...frame(1)])).toEqual(out);
    stream.reset();
    expect(stream.step(Float64Array.from(frame(1)))).toEqual(out);
  });

  it("take token ids, alone or in rows", () => {
    const words = createModelWith(engine, [
      embedding({ weights: { data: filled(10, random(1)), shape: [5, 2] }, maskZero: true }),
      seededGru(2, 3),
    ]);
    const ids = [0, 3, 0, 4, 1];
    const wanted = words.run([ids]);
    const one = words.stream();
    expect(Float32Array.from(ids.flatMap((id) => [...one.step(id)]))).toEqual(wanted.outputs.data);
    expect(one.state).toEqual(wanted.states);
    const two = words.stream({ rows: 2 });
    for (const id of ids) two.step(Int32Array.of(id, 2));
    expect(two.state[0].data.slice(0, 3)).toEqual(wanted.states[0].data);
    const before = two.state;
    expect(() => two.step([1, 5])).toThrow(/frame\[1\]: expected a token id from 0 to 4, got 5/);
    expect(() => two.step(1)).toThrow(/frame: expected 2 elements, got 1/);
    expect(() => two.step(1)).toThrow(expect.objectContaining({ code: "input" }));
    expect(two.state).toEqual(before);
    two.step([1, 99], undefined, [true, false]);
    expect(two.state[0].data.slice(3)).toEqual(before[0].data.slice(3));
  });

  it("give the output so far of a layer without returnSequences", () => {
    const last = createModelWith(engine, [gru(gruOptions(2, 3)), dense({ units: 1, kernel: [1, 2, 3] })]);
    const stream = last.stream();
    for (let t = 0; t < steps; t++) {
      const part = { data: x.data.slice(0, 2 * t + 2), shape: [1, t + 1, 2] };
      expect(stream.step(x.data.slice(2 * t, 2 * t + 2))).toEqual(last.run(part).outputs.data);
    }
  });

  it("do not disturb each other, nor runs", () => {
    const wanted = play(model.stream({ rows }));
    const [a, b] = [model.stream({ rows }), model.stream({ rows, initialState })];
    const outputs: number[] = [];
    for (let t = 0; t < steps; t++) {
      b.step(frame(0));
      outputs.push(...a.step(frame(t)));
      model.run(features(3, 2, 2));
    }
    expect(outputs).toEqual(wanted);
  });

  it("go back to where they began, or anywhere else", () => {
    const stream = model.stream({ rows, initialState });
    const wanted = play(stream);
    expect(play(stream)).not.toEqual(wanted);
    stream.reset();
    expect(stream.state.map(({ data }) => data)).toEqual(initialState);
    expect(play(stream)).toEqual(wanted);
    const other = model.stream({ rows });
    other.state = initialState;
    expect(play(other)).toEqual(wanted);
    other.state = [null, null];
    expect(play(other)).toEqual(play(model.stream({ rows })));
    stream.state = model.run(x).states;
    expect(stream.state).toEqual(model.run(x).states);
    stream.state[0].data.fill(9);
    expect(stream.state).toEqual(model.run(x).states);
    const given = initialState.map((state) => state.slice());
    const copied = model.stream({ rows, initialState: given });
    given[0].fill(0);
    expect(play(copied)).toEqual(wanted);
    copied.reset();
    expect(play(copied)).toEqual(wanted);
  });

  describe("refuse", () => {
    const stream = model.stream({ rows });
    play(stream);
    // biome-ignore format: a table
    const bad: [what: string, call: () => unknown, code: string, message: RegExp][] = [
      ["a short frame", () => stream.step(new Float32Array(3)), "input", /frame: expected 4 elements, got Float32Array\(3\)/],
      ["a number", () => stream.step(1), "input", /frame: expected 4 elements, got 1/],
      ["texts", () => stream.step(["1", 2, 3, 4] as never), "input", /frame\[0\]: expected a number, got "1"/],
      ["a short out", () => stream.step(frame(0), new Float32Array(3)), "input", /out: expected a Float32Array\(4\), got Float32Array\(3\)/],
      ["an out of doubles", () => stream.step(frame(0), new Float64Array(4) as never), "input", /out: .*Float64Array\(4\)/],
      ["one validity for two rows", () => stream.step(frame(0), undefined, true), "mask", /valid: expected 2 elements, got true/],
      ["half a validity", () => stream.step(frame(0), undefined, [1, 0.5]), "mask", /valid\[1\]: .*0\.5/],
      ["a state too few", () => { stream.state = [null]; }, "state", /an array of 2 states/],
      ["a state too long", () => { stream.state = [null, new Float32Array(9)]; }, "state", /gru_1.initialState: expected shape \[2, 4\], got \[9\]/],
    ];
    it.each(bad)("%s, and stay where they are", (_, call, code, message) => {
      const before = stream.snapshot();
      expect(call).toThrow(message);
      expect(call).toThrow(expect.objectContaining({ code }));
      expect(stream.snapshot()).toEqual(before);
    });
  });

  describe("snapshots", () => {
    it("continue with the same bits, in another stream of an equal model", () => {
      const twin = createModelWith(engine, layers);
      for (const semantics of Object.keys(presets) as Preset[]) {
        const wanted = play(model.stream({ rows, semantics, initialState }));
        for (let cut = 0; cut <= steps; cut++) {
          const first = model.stream({ rows, semantics, initialState });
          const outputs = play(first, 0, cut);
          const bytes = first.snapshot();
          const second = twin.stream({ rows, semantics });
          second.restore(bytes);
          expect([...outputs, ...play(second, cut)]).toEqual(wanted);
          first.restore(bytes);
          expect(play(first, cut)).toEqual(wanted.slice(outputs.length));
        }
      }
    });

    const stream = model.stream({ rows });
    play(stream, 0, 3);
    const bytes = stream.snapshot();

    it("have the documented layout", () => {
      expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe("CGRU");
      const view = new DataView(bytes.buffer);
      expect([view.getUint32(4, true), view.getUint32(16, true), bytes.length]).toEqual([1, 2, 24 + 4 * 14 + 4 + 4]);
      expect(view.getFloat32(24, true)).toBe(stream.state[0].data[0]);
      // The first row's first step is masked, the third is not.
      expect([...bytes.subarray(80, 84)]).toEqual([1, 1, 1, 1]);
      expect([...model.stream({ rows }).snapshot().subarray(80, 84)]).toEqual([0, 0, 0, 0]);
    });

    it("do not depend on names, nor on where the bytes are", () => {
      const named = createModelWith(engine, [masking(), seededGru(2, 3, { name: "first" }), ...layers.slice(2)]);
      const shifted = new Uint8Array(bytes.length + 3);
      shifted.set(bytes, 3);
      const other = named.stream({ rows });
      other.restore(shifted.subarray(3));
      expect(other.state).toEqual(stream.state);
    });

    // biome-ignore format: a table
    const others: [what: string, () => Stream, RegExp][] = [
      ["other rows", () => model.stream({ rows: 1 }), /snapshot.rows: expected 1, got 2/],
      ["other semantics", () => model.stream({ rows, semantics: "tf1" }), /snapshot.semantics: expected \d+, got \d+/],
      ["no masks", () => model.stream({ rows, mask: false }), /snapshot.semantics: expected \d+, got \d+/],
      ["another weight", () => createModelWith(engine, [masking(), seededGru(2, 3, { bias: null }), ...layers.slice(2)]).stream({ rows }), /snapshot.model: expected \d+, got \d+/],
      ["another sign", () => createModelWith(engine, [masking(), seededGru(2, 3, { recurrentKernel: flipped() }), ...layers.slice(2)]).stream({ rows }), /snapshot.model: expected \d+, got \d+/],
      ["another mask value", () => createModelWith(engine, [masking({ maskValue: 1 }), ...layers.slice(1)]).stream({ rows }), /snapshot.model: expected \d+, got \d+/],
      ["another activation", () => createModelWith(engine, [masking(), seededGru(2, 3, { activation: "relu" }), ...layers.slice(2)]).stream({ rows }), /snapshot.model: expected \d+, got \d+/],
    ];
    it.each(others)("are refused by a stream with %s", (_, make, message) => {
      const other = make();
      const before = other.state;
      expect(() => other.restore(bytes)).toThrow(message);
      expect(() => other.restore(bytes)).toThrow(expect.objectContaining({ code: "state" }));
      expect(other.state).toEqual(before);
    });

    it("are refused when cut short, drawn out or changed anywhere", () => {
      const other = model.stream({ rows, initialState });
      const before = other.snapshot();
      const refused = (damaged: unknown) => {
        expect(() => other.restore(damaged as Uint8Array)).toThrow(CongruentError);
        expect(() => other.restore(damaged as Uint8Array)).toThrow(expect.objectContaining({ code: "state" }));
      };
      for (let length = 0; length < bytes.length; length++) refused(bytes.slice(0, length));
      refused(Uint8Array.of(...bytes, 0));
      refused([...bytes]);
      refused(undefined);
      for (let bit = 0; bit < 8 * bytes.length; bit++) {
        const damaged = bytes.slice();
        damaged[bit >> 3] ^= 1 << (bit & 7);
        refused(damaged);
      }
      expect(other.snapshot()).toEqual(before);
    });
  });
});

it("a snapshot goes from one engine to another", () => {
  const stack = [masking(), seededGru(2, 3), seededGru(3, 4, {}, 2)];
  const streams = engines.map(([, engine]) => createModelWith(engine, stack).stream());
  for (const [i, stream] of streams.entries()) {
    for (let t = 0; t < 5; t++) stream.step([t - i, 1]);
  }
  for (const from of streams) {
    for (const to of streams) {
      to.restore(from.snapshot());
      expect(to.state).toEqual(from.state);
      expect(to.step([1, 2])).toEqual(from === to ? expect.anything() : from.step([1, 2]));
    }
  }
});

/** The first layer's recurrent kernel with two signs changed. */
function flipped(): Float32Array {
  const kernel = (gruOptions(2, 3).recurrentKernel as Float32Array).slice();
  kernel[0] = -kernel[0];
  kernel[1] = -kernel[1];
  return kernel;
}

/** (B, T, F) at a step → (B, F) */
function frameOf({ data, shape }: { data: Float32Array; shape: readonly number[] }, t: number): Float32Array {
  const [rows, steps, size] = shape;
  return Float32Array.from(
    { length: rows * size },
    (_, i) => data[(Math.floor(i / size) * steps + t) * size + (i % size)],
  );
}
