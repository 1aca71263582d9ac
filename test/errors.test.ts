import { describe, expect, it } from "vitest";
import { CongruentError } from "../src/errors.ts";
import { bidirectional } from "../src/layers/bidirectional.ts";
import { embedding } from "../src/layers/embedding.ts";
import { createModelWith, type Model } from "../src/model/model.ts";
import { engines } from "./engines.ts";
import { features, gruOptions, seededGru } from "./stacks.ts";

type Case = [what: string, call: (model: Model) => unknown, code: string, message: RegExp];

describe.each(engines)("bad input of the %s engine", (_, engine) => {
  const x = features(2, 3, 2);
  const row = [
    [1, 2],
    [3, 4],
  ];

  // biome-ignore format: a table
  const bad: Case[] = [
    ["an unknown option", (m) => m.run(x, { sequenceLength: [1, 2] } as never), "option", /^run: expected one of lengths, mask.*got "sequenceLength"/],
    ["options that are none", (m) => m.run(x, null as never), "option", /^run: expected options, got null/],
    ["nothing", (m) => m.run(undefined as never), "input", /^input: expected an array or \{ data, shape \} of shape \[batch, time, 2\], got undefined/],
    ["a number", (m) => m.run(3 as never), "input", /got 3/],
    ["a typed array without a shape", (m) => m.run(x.data as never), "input", /^input: expected shape \[batch, time, 2\], got \[12\]/],
    ["one row without a batch", (m) => m.run(row), "input", /^input: expected shape \[batch, time, 2\], got \[2, 2\]/],
    ["one row with a shape", (m) => m.run({ data: x.data, shape: [6, 2] }), "input", /\[batch, time, 2\], got \[6, 2\]/],
    ["one row, time first", (m) => m.run(row, { timeMajor: true }), "input", /expected shape \[time, batch, 2\], got \[2, 2\]$/],
    ["four levels", (m) => m.run([[[[1, 2]]]]), "input", /got \[1, 1, 1, 2\]$/],
    ["one level", (m) => m.run([1, 2]), "input", /got \[2\]$/],
    ["another number of features", (m) => m.run({ data: x.data, shape: [2, 2, 3] }), "input", /time, 2\], got \[2, 2, 3\]/],
    ["data shorter than its shape", (m) => m.run({ data: x.data, shape: [2, 4, 2] }), "input", /input.shape: expected whole numbers for 12 elements, got \[2, 4, 2\]/],
    ["a negative axis", (m) => m.run({ data: x.data, shape: [-2, -3, 2] }), "input", /input.shape: .*12 elements, got \[-2, -3, 2\]/],
    ["ragged features", (m) => m.run([row, [[1, 2], [3]]]), "input", /input\[1\]\[1\]: expected 2 elements, got Array\(1\)/],
    ["a number for a frame", (m) => m.run([row, [[1, 2], 3]] as never), "input", /input\[1\]\[1\]: expected 2 elements, got 3/],
    ["a frame of texts", (m) => m.run([[["1", 2]]] as never), "input", /input\[0\]\[0\]\[0\]: expected a number, got "1"/],
    ["holes in flat data", (m) => m.run({ data: [1, undefined], shape: [1, 1, 2] } as never), "input", /input\[0\]\[0\]\[1\]: expected a number, got undefined/],
    ["a row that is none", (m) => m.run([row, null] as never), "input", /input\[1\]: expected 2 elements, got null/],
    ["no rows", (m) => m.run([]), "input", /time, 2\], got \[0\]/],
    ["no steps", (m) => m.run([[], []]), "input", /time, 2\], got \[2, 0\]/],
    ["a shape without steps", (m) => m.run({ data: [], shape: [2, 0, 2] }), "input", /got \[2, 0, 2\]/],
    ["ragged rows, time first", (m) => m.run([row, [[1, 2]]], { timeMajor: true }), "input", /input\[1\]: expected 2 elements, got Array\(1\)/],
    ["a timeMajor of 1", (m) => m.run(x, { timeMajor: 1 as never }), "option", /timeMajor: expected boolean, got 1/],

    ["lengths for fewer rows", (m) => m.run(x, { lengths: [1] }), "lengths", /lengths: expected 2 elements, got Array\(1\)/],
    ["one length for all", (m) => m.run(x, { lengths: 2 as never }), "lengths", /expected 2.*got 2/],
    ["a fractional length", (m) => m.run(x, { lengths: [1.5, 1] }), "lengths", /lengths\[0\]: expected a whole number from 0 to 3, got 1.5/],
    ["a length of NaN", (m) => m.run(x, { lengths: [1, Number.NaN] }), "lengths", /lengths\[1\].*NaN/],
    ["a length of text", (m) => m.run(x, { lengths: ["1", 1] as never }), "lengths", /lengths\[0\].*"1"/],
    ["a negative length", (m) => m.run(x, { lengths: [-1, 1] }), "lengths", /lengths\[0\].*-1/],
    ["a length beyond time", (m) => m.run(x, { lengths: [4, 1], semantics: "keras" }), "lengths", /lengths\[0\].*from 0 to 3, got 4/],
    ["an infinite length", (m) => m.run(x, { lengths: [Infinity, 1] }), "lengths", /lengths\[0\].*Infinity/],
    ["an empty row under pytorch", (m) => m.run(x, { lengths: [3, 0], semantics: "pytorch" }), "mask", /gru: expected a valid step in row 1 .*got none/],

    ["a mask of another shape", (m) => m.run(x, { mask: [[1, 1], [1, 1]] }), "mask", /mask: expected shape \[2, 3\], got \[2, 2\]/],
    ["a transposed mask", (m) => m.run(x, { mask: [[1, 1], [1, 1], [1, 1]] }), "mask", /\[2, 3\], got \[3, 2\]/],
    ["a flat mask too short", (m) => m.run(x, { mask: new Uint8Array(5) }), "mask", /shape \[2, 3\], got \[5\]/],
    ["a mask over features", (m) => m.run(x, { mask: { data: new Uint8Array(12), shape: [2, 3, 2] } }), "mask", /got \[2, 3, 2\]/],
    ["a mask with an axis too many", (m) => m.run(x, { mask: { data: new Uint8Array(6), shape: [2, 3, 1, 1] } }), "mask", /got \[2, 3, 1, 1\]/],
    ["a ragged mask", (m) => m.run(x, { mask: [[1, 1, 1], [1]] }), "mask", /mask\[1\]: expected 3 elements/],
    ["half a mask", (m) => m.run(x, { mask: [[1, 1, 1], [1, 0.5, 1]] }), "mask", /mask\[1\]\[1\]: expected true, false, 0 or 1, got 0.5/],
    ["a mask of true", (m) => m.run(x, { mask: true as never }), "mask", /mask: expected an array.*got true/],
    ["an empty row of a mask", (m) => m.run(x, { mask: [[0, 0, 0], [1, 1, 1]], semantics: "pytorch" }), "mask", /row 0/],
    ["mask: false beside lengths", (m) => m.run(x, { mask: false, lengths: [1, 1] }), "option", /mask: .*got false/],
    ["mask: false beside ragged rows", (m) => m.run([row, [[1, 2]]], { mask: false }), "option", /mask/],

    ["unknown semantics", (m) => m.run(x, { semantics: "torch" as never }), "option", /semantics: expected one of tf1, keras.*"torch"/],
    ["an inherited name", (m) => m.run(x, { semantics: "toString" as never }), "option", /semantics/],
    ["an unknown rule", (m) => m.run(x, { semantics: { padding: "zero" } as never }), "option", /semantics: .*paddedOutput.*"padding"/],
    ["an unknown value of a rule", (m) => m.run(x, { semantics: { emptyState: "h0" } as never }), "option", /semantics.emptyState: expected one of initial, zero, error, got "h0"/],
    ["a padding value of text", (m) => m.run(x, { semantics: { paddedOutput: { value: "0" } } as never }), "option", /semantics.paddedOutput.*value/],
    ["a rule of null", (m) => m.run(x, { semantics: null as never }), "option", /semantics/],

    ["too few states", (m) => m.run(x, { initialState: [new Float32Array(6)] }), "state", /initialState: expected an array of 2 states, got Array\(1\)/],
    ["a state alone for two", (m) => m.run(x, { initialState: new Float32Array(6) }), "state", /array of 2 states/],
    ["a state of another shape", (m) => m.run(x, { initialState: [[[1, 2], [3, 4]], null] }), "state", /gru.initialState: expected shape \[2, 3\], got \[2, 2\]/],
    ["a flat state of another length", (m) => m.run(x, { initialState: [null, new Float32Array(3)] }), "state", /gru_1.initialState: expected shape \[2, 2\], got \[3\]/],
    ["a state of texts", (m) => m.run(x, { initialState: [null, ["a", "b", "c", "d"]] as never }), "state", /gru_1.initialState\[0\]\[0\]: expected a number, got "a"/],

    ["an out too short", (m) => m.runInto(new Float32Array(11), x), "input", /out: expected a Float32Array\(12\), got Float32Array\(11\)/],
    ["an out of doubles", (m) => m.runInto(new Float64Array(12) as never, x), "input", /out: expected a Float32Array\(12\)/],
    ["no out", (m) => m.runInto(undefined as never, x), "input", /out: .*got undefined/],

    ["a stream of no rows", (m) => m.stream({ rows: 0 }), "option", /stream.rows: expected a whole number from 1 up, got 0/],
    ["a stream's unknown option", (m) => m.stream({ batch: 2 } as never), "option", /stream: expected one of rows.*"batch"/],
    ["a stream's mask of lengths", (m) => m.stream({ mask: [1] as never }), "option", /stream.mask/],
    ["a stream's state of other rows", (m) => m.stream({ rows: 2, initialState: [[[1, 2, 3]], null] }), "state", /\[2, 3\], got \[1, 3\]/],
  ];
  it.each(bad)("%s is refused, and changes nothing", (_, call, code, message) => {
    const layers = [seededGru(2, 3, { stateful: true }), seededGru(3, 2, { stateful: true }, 2)];
    const model = createModelWith(engine, layers);
    const twin = createModelWith(engine, layers);
    expect(model.run(x)).toEqual(twin.run(x));
    expect(() => call(model)).toThrow(CongruentError);
    expect(() => call(model)).toThrow(message);
    expect(() => call(model)).toThrow(expect.objectContaining({ code }));
    expect(model.run(x)).toEqual(twin.run(x));
  });

  // biome-ignore format: a table
  const badTokens: Case[] = [
    ["an id at the vocabulary's end", (m) => m.run([[0, 1], [2, 3]]), "token", /input\[1\]\[1\]: expected a token id from 0 to 2, got 3/],
    ["a negative id", (m) => m.run([[-1]]), "token", /input\[0\]\[0\].*-1/],
    ["a fractional id", (m) => m.run({ data: [0, 1.5], shape: [1, 2] }), "token", /input\[0\]\[1\].*1\.5/],
    ["an id of NaN", (m) => m.run([[Number.NaN]]), "token", /NaN/],
    ["an id of text", (m) => m.run([["1"]] as never), "token", /"1"/],
    ["a huge id", (m) => m.run([[2 ** 32]]), "token", /4294967296/],
    ["a bad id inside its length", (m) => m.run([[0, 7, 9]], { lengths: [2] }), "token", /input\[0\]\[1\].*7/],
    ["a bad id, time first", (m) => m.run([[0, 0, 0], [0, 5, 0]], { timeMajor: true, lengths: [2, 2, 1] }), "token", /input\[1\]\[1\].*5/],
    ["ids without a batch", (m) => m.run([0, 1]), "input", /\[batch, time\], got \[2\]/],
    ["one-hot frames", (m) => m.run([[[0, 1, 0]]]), "input", /got \[1, 1, 3\]$/],
    ["ids of rank 3", (m) => m.run({ data: [0], shape: [1, 1, 1] }), "input", /got \[1, 1, 1\]/],
  ];
  it.each(badTokens)("%s is refused", (_, call, code, message) => {
    const model = createModelWith(engine, [embedding({ weights: [[1], [2], [3]] }), seededGru(1, 2)]);
    const before = model.run([[0, 1, 2]]);
    expect(() => call(model)).toThrow(message);
    expect(() => call(model)).toThrow(expect.objectContaining({ code }));
    expect(model.run([[0, 1, 2]])).toEqual(before);
  });

  it("a row that the layers' own mask empties is refused before anything is written", () => {
    const model = createModelWith(engine, [embedding({ weights: [[1], [2]], maskZero: true }), seededGru(1, 2)]);
    const out = new Float32Array(8).fill(9);
    const call = () =>
      model.runInto(
        out,
        [
          [1, 1],
          [0, 0],
        ],
        { semantics: "pytorch" },
      );
    expect(call).toThrow(expect.objectContaining({ code: "mask" }));
    expect(call).toThrow(/row 1|1/);
    expect(out).toEqual(new Float32Array(8).fill(9));
    expect(
      model.run(
        [
          [1, 1],
          [0, 1],
        ],
        { semantics: "pytorch" },
      ).outputs.shape,
    ).toEqual([2, 2, 2]);
  });

  it("dynamic_rnn clamps a long length, bidirectional_dynamic_rnn refuses it", () => {
    const both = bidirectional({ forward: gruOptions(2, 1), backward: gruOptions(2, 1) });
    const call = () => createModelWith(engine, [both]).run(x, { lengths: [4, 1] });
    expect(call).toThrow(expect.objectContaining({ code: "lengths" }));
    expect(createModelWith(engine, [seededGru(2, 1)]).run(x, { lengths: [4, 1] }).outputs.shape).toEqual([2, 3, 1]);
  });

  it("streams do not go backwards", () => {
    const both = bidirectional({ forward: gruOptions(2, 1), backward: gruOptions(2, 1), name: "both" });
    for (const [layer, name] of [
      [both, "both"],
      [seededGru(2, 1, { goBackwards: true }), "gru"],
    ] as const) {
      const call = () => createModelWith(engine, [layer]).stream();
      expect(call).toThrow(expect.objectContaining({ code: "model" }));
      expect(call).toThrow(`stream: expected layers that need no later steps, got ${name}`);
    }
  });
});
