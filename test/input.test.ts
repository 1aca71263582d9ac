import { describe, expect, it } from "vitest";
import { dense } from "../src/layers/dense.ts";
import { embedding } from "../src/layers/embedding.ts";
import { gru } from "../src/layers/gru.ts";
import { masking } from "../src/layers/masking.ts";
import type { Input, RunOptions } from "../src/model/input.ts";
import { createModelWith } from "../src/model/model.ts";
import { engines } from "./engines.ts";
import { filled, random } from "./reference-stacks.ts";
import { features, gruOptions, nest, seededGru } from "./stacks.ts";

describe.each(engines)("inputs of the %s engine", (_, engine) => {
  const model = createModelWith(engine, [seededGru(3, 4), dense({ units: 2, kernel: filled(8, random(2)) })]);
  const words = createModelWith(engine, [
    embedding({ weights: { data: filled(15, random(3)), shape: [5, 3] }, maskZero: true }),
    seededGru(3, 4),
  ]);
  const x = features(2, 4, 3);
  const wanted = model.run(x);

  it("takes features nested, flat and of every type", () => {
    expect(model.run(nest(x.data, x.shape))).toEqual(wanted);
    expect(model.run({ data: Float64Array.from(x.data), shape: [2, 4, 3] })).toEqual(wanted);
    expect(model.run({ data: [...x.data], shape: [2, 4, 3] })).toEqual(wanted);
    const frames = [0, 1].map((b) => [0, 1, 2, 3].map((t) => x.data.subarray((b * 4 + t) * 3, (b * 4 + t + 1) * 3)));
    expect(model.run(frames)).toEqual(wanted);
    const whole = { data: Int8Array.from({ length: 24 }, (_, i) => i - 9), shape: [2, 4, 3] };
    expect(model.run(whole)).toEqual(model.run({ data: Float32Array.from(whole.data), shape: [2, 4, 3] }));
  });

  it("takes token ids nested, flat and of every type", () => {
    const ids = [1, 4, 0, 2, 3, 0, 1, 1];
    const expected = words.run({ data: Int32Array.from(ids), shape: [2, 4] });
    expect([...(expected.mask?.data ?? [])]).toEqual([1, 1, 0, 1, 1, 0, 1, 1]);
    const forms: Input[] = [
      nest(ids, [2, 4]),
      [Uint8Array.from(ids.slice(0, 4)), Uint16Array.from(ids.slice(4))],
      { data: ids, shape: [2, 4] },
      { data: Uint8Array.from(ids), shape: [2, 4] },
      { data: Float32Array.from(ids), shape: [2, 4] },
      { data: BigInt64Array.from(ids, BigInt), shape: [2, 4] },
      nest(ids, [2, 4]).map((row: number[]) => row.map(BigInt)),
    ];
    for (const form of forms) expect(words.run(form)).toEqual(expected);
  });

  it("takes rows of different length for padded ones with lengths", () => {
    const [a, b] = nest(x.data, x.shape) as number[][][];
    const ragged = [a, b.slice(0, 2)];
    for (const options of [
      {},
      { semantics: "keras" },
      {
        mask: [
          [1, 0, 1, 1],
          [1, 1, 1, 1],
        ],
      },
    ] as RunOptions[]) {
      expect(model.run(ragged, options)).toEqual(model.run(x, { ...options, lengths: [4, 2] }));
    }
    expect(model.run(ragged, { lengths: [1, 4] })).toEqual(model.run(x, { lengths: [1, 2] }));
    expect(model.run([a, []])).toEqual(model.run(x, { lengths: [4, 0] }));
    expect(model.run([[], a]).outputs.shape).toEqual([2, 4, 2]);
    expect(words.run([[1, 4, 3], [2]])).toEqual(
      words.run(
        [
          [1, 4, 3],
          [2, 0, 0],
        ],
        { lengths: [3, 1] },
      ),
    );
    // What was in a ragged batch before does not show in the padding after.
    const padding = createModelWith(engine, [dense({ units: 3, kernel: [1, 0, 0, 0, 1, 0, 0, 0, 1] })]);
    padding.run([a, b]);
    expect([...padding.run(ragged).outputs.data.slice(18)]).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it("takes time first, and gives it first", () => {
    const turned = {
      data: new Float32Array(24).map((_, i) => x.data[((Math.floor(i / 3) % 2) * 4 + Math.floor(i / 6)) * 3 + (i % 3)]),
      shape: [4, 2, 3],
    };
    for (const options of [
      {},
      { lengths: [2, 4] },
      {
        mask: [
          [0, 1, 1, 0],
          [1, 1, 0, 1],
        ],
      },
    ] as RunOptions[]) {
      const straight = model.run(x, options);
      const time = model.run(turned, { ...options, timeMajor: true });
      expect(time.outputs.shape).toEqual([4, 2, 2]);
      const { data } = straight.outputs;
      expect(time.outputs.data).toEqual(
        new Float32Array(16).map((_, i) => data[((Math.floor(i / 2) % 2) * 4 + Math.floor(i / 4)) * 2 + (i % 2)]),
      );
      expect([time.states, time.mask]).toEqual([straight.states, straight.mask]);
      expect(model.run(nest(turned.data, turned.shape), { ...options, timeMajor: true })).toEqual(time);
      const out = new Float32Array(16);
      expect(model.runInto(out, turned, { ...options, timeMajor: true })).toEqual(time.outputs.data);
    }
    const last = createModelWith(engine, [gru(gruOptions(3, 2))]);
    expect(last.run(turned, { timeMajor: true })).toEqual(last.run(x));
    expect(
      words.run(
        [
          [1, 2],
          [3, 4],
          [0, 1],
        ],
        { timeMajor: true },
      ).states,
    ).toEqual(
      words.run([
        [1, 3, 0],
        [2, 4, 1],
      ]).states,
    );
  });

  it("takes masks in every form", () => {
    const bits = [1, 0, 1, 1, 0, 1, 1, 0];
    const nested = nest(bits, [2, 4]) as number[][];
    const masked = model.run(x, { mask: nested });
    expect(masked).not.toEqual(wanted);
    const forms: RunOptions["mask"][] = [
      nested.map((row) => row.map(Boolean)),
      nested.map((row) => row.map((bit) => [bit])),
      bits,
      bits.map(Boolean),
      Uint8Array.from(bits),
      Float32Array.from(bits),
      [Uint8Array.from(bits.slice(0, 4)), Uint8Array.from(bits.slice(4))],
      { data: bits, shape: [2, 4] },
      { data: Uint8Array.from(bits), shape: [2, 4, 1] },
      masked.mask,
    ];
    for (const mask of forms) expect(model.run(x, { mask })).toEqual(masked);
  });

  it("takes lengths as an array or typed", () => {
    const lengths = model.run(x, { lengths: [3, 0] });
    expect(model.run(x, { lengths: Int32Array.of(3, 0) })).toEqual(lengths);
    expect(model.run(x, { lengths: Float32Array.of(3, 0) })).toEqual(lengths);
  });

  it("never reads what padding holds", () => {
    const dirty = { data: x.data.slice().fill(Number.NaN, 6, 12), shape: x.shape };
    const recurrent = createModelWith(engine, [seededGru(3, 4)]);
    expect(recurrent.run(dirty, { lengths: [2, 4] })).toEqual(recurrent.run(x, { lengths: [2, 4] }));
    const clean = words.run(
      [
        [1, 2, 0],
        [3, 1, 2],
      ],
      { lengths: [2, 3] },
    );
    for (const id of [99, -1, 0.5, Number.NaN]) {
      expect(
        words.run(
          [
            [1, 2, id],
            [3, 1, 2],
          ],
          { lengths: [2, 3] },
        ),
      ).toEqual(clean);
      expect(
        words.run(
          [
            [1, 2, id],
            [3, 1, 2],
          ],
          {
            mask: [
              [1, 1, 0],
              [1, 1, 1],
            ],
            semantics: "tf1",
          },
        ),
      ).toEqual(clean);
    }
  });

  it("takes any id in padding, time first too", () => {
    const { states } = words.run([[1, 2], [3]]);
    const turned = { data: Int32Array.of(1, 3, 2, 99), shape: [2, 2] };
    expect(words.run(turned, { lengths: [2, 1], timeMajor: true }).states).toEqual(states);
    expect(() => words.run(turned, { lengths: [1, 2], timeMajor: true })).toThrow(/input\[1\]\[1\]: .*got 99/);
  });

  it("refuses bigints for features, in a typed array too", () => {
    for (const data of [new BigInt64Array(24), [...new BigInt64Array(24)]]) {
      expect(() => model.run({ data, shape: [2, 4, 3] } as never)).toThrow(
        /input\[0\]\[0\]\[0\]: expected a number, got 0/,
      );
    }
  });

  it("lets masking layers alone with mask: false", () => {
    const value = x.data[0];
    const masked = { data: x.data.slice().fill(value, 0, 3), shape: x.shape };
    const guarded = createModelWith(engine, [masking({ maskValue: value }), seededGru(3, 4)]);
    const bare = createModelWith(engine, [seededGru(3, 4)]);
    expect(guarded.run(masked, { mask: false })).toEqual(bare.run(masked));
    expect(guarded.run(masked)).not.toEqual(bare.run(masked));
  });
});
