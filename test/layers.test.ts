import { describe, expect, it } from "vitest";
import { resolveActivation } from "../src/activation.ts";
import { CongruentError } from "../src/errors.ts";
import { bidirectional } from "../src/layers/bidirectional.ts";
import { makeLayer } from "../src/layers/computation.ts";
import { dense } from "../src/layers/dense.ts";
import { dropout } from "../src/layers/dropout.ts";
import { embedding } from "../src/layers/embedding.ts";
import { type GruOptions, gru } from "../src/layers/gru.ts";
import type { Layer } from "../src/layers/layer.ts";
import { masking } from "../src/layers/masking.ts";
import { buildStack } from "../src/layers/stack.ts";
import { gruOptions, nest, seededGru } from "./stacks.ts";

const kernel = [1, 2, 3, 4, 5, 6];
const plain: GruOptions = { units: 1, kernel, recurrentKernel: [7, 8, 9] };

describe("factories", () => {
  it("have Keras's defaults", () => {
    expect(gru(plain)).toEqual(
      makeLayer({
        kind: "gru",
        name: "",
        inputs: 2,
        units: 1,
        weights: {
          kernel: Float32Array.from(kernel),
          recurrentKernel: Float32Array.of(7, 8, 9),
          bias: null,
          recurrentBias: null,
        },
        activation: resolveActivation("tanh", ""),
        recurrentActivation: resolveActivation("sigmoid", ""),
        resetAfter: true,
        clip: Number.POSITIVE_INFINITY,
        returnSequences: false,
        returnState: true,
        goBackwards: false,
        stateful: false,
        zeroOutputForMask: false,
      }),
    );
    expect(masking().maskValue).toBe(0);
    expect(embedding({ weights: [[1]] }).maskZero).toBe(false);
    expect(dense({ units: 1, kernel: [1] }).activation).toEqual(resolveActivation("linear", ""));
    expect(dropout().kind).toBe("dropout");
  });

  it("take weights nested, flat and shaped, and copy them", () => {
    const data = Float32Array.from(kernel);
    const forms = [kernel, nest(kernel, [2, 3]), data, Float64Array.from(kernel), { data, shape: [2, 3] }];
    const layers = forms.map((form) => gru({ ...plain, kernel: form }));
    const rows = gru({ ...plain, kernel: [data.slice(0, 3), data.slice(3)] });
    data.fill(0);
    for (const layer of [...layers, rows]) expect(layer).toEqual(gru(plain));
    expect(layers.every((layer) => Object.isFrozen(layer) && Object.isFrozen(layer.weights))).toBe(true);
  });

  it("take weights that are not finite", () => {
    const { weights } = gru({ ...plain, recurrentKernel: [Number.NaN, Infinity, -Infinity] });
    expect(weights.recurrentKernel).toEqual(Float32Array.of(Number.NaN, Infinity, -Infinity));
  });

  it("take both biases in one tensor or two", () => {
    const both = { bias: Float32Array.of(1, 2, 3), recurrentBias: Float32Array.of(4, 5, 6) };
    expect(
      gru({
        ...plain,
        bias: [
          [1, 2, 3],
          [4, 5, 6],
        ],
      }).weights,
    ).toMatchObject(both);
    expect(gru({ ...plain, bias: kernel }).weights).toMatchObject(both);
    expect(gru({ ...plain, bias: [1, 2, 3], recurrentBias: [4, 5, 6] }).weights).toMatchObject(both);
    const before = { ...plain, resetAfter: false };
    expect(gru({ ...before, bias: [1, 2, 3], recurrentBias: [4, 5, 6] }).weights).toMatchObject(both);
    expect(gru({ ...plain, bias: [1, 2, 3] }).weights).toMatchObject({ bias: both.bias, recurrentBias: null });
    expect(gru({ ...plain, recurrentBias: [4, 5, 6] }).weights).toMatchObject({ ...both, bias: null });
    expect(gru({ ...plain, useBias: true, bias: [1, 2, 3] }).weights.bias).toEqual(both.bias);
    expect(gru({ ...plain, useBias: false, bias: null }).weights.bias).toBeNull();
  });

  it("take activations with parameters", () => {
    const layer = gru({ ...plain, activation: { name: "affine", alpha: 2, beta: 0.1 }, recurrentActivation: null });
    expect(layer.activation).toMatchObject({ name: "affine", alpha: 2, beta: Math.fround(0.1) });
    expect(layer.recurrentActivation.name).toBe("linear");
    expect(dense({ units: 1, kernel: [1], activation: "softmax" }).activation).toBe("softmax");
  });

  it("lend the backward layer the forward one's options, not its weights", () => {
    const forward = {
      ...gruOptions(2, 1),
      activation: "relu",
      clip: 2,
      returnSequences: true,
      resetAfter: false,
    } as const;
    const options = { ...forward, bias: [1, 2, 3], name: "a" };
    const { backward } = bidirectional({ forward: options, backward: { kernel, recurrentKernel: [7, 8, 9] } });
    expect(backward).toEqual({
      ...gru({ ...plain, activation: "relu", clip: 2, returnSequences: true, resetAfter: false }),
      goBackwards: true,
    });
    const own = { ...plain, activation: "tanh", units: 1, goBackwards: true } as const;
    const two = bidirectional({ forward: gru(options), backward: own });
    expect(two.backward.activation.name).toBe("tanh");
    expect(bidirectional({ forward: gru(plain), backward: gru(plain) }).backward.goBackwards).toBe(true);
    expect(bidirectional({ forward: plain, backward: plain, mergeMode: null }).mergeMode).toBe("none");
    expect(bidirectional({ forward: plain, backward: plain }).mergeMode).toBe("concat");
  });

  // biome-ignore format: a table
  const bad: [what: string, make: () => unknown, code: string, message: RegExp][] = [
    ["no options", () => gru(undefined as never), "option", /^gru: expected options, got undefined/],
    ["an unknown option", () => gru({ ...plain, return_sequences: true } as never), "option", /returnSequences.*got "return_sequences"/],
    ["an unknown option of dense", () => dense({ units: 1, kernel: [1], input: 3 } as never), "option", /dense: .*units, kernel, bias.*"input"/],
    ["no units", () => gru({ ...plain, units: undefined as never }), "option", /gru.units: expected a whole number.*undefined/],
    ["units of 1.5", () => gru({ ...plain, units: 1.5 }), "option", /gru.units.*1\.5/],
    ["units as a text", () => dense({ units: "1" as never, kernel: [1] }), "option", /dense.units.*"1"/],
    ["no kernel", () => gru({ ...plain, kernel: undefined as never }), "weights", /gru.kernel: expected an array.*undefined/],
    ["a kernel of another width", () => gru({ ...plain, kernel: [[1, 2]] }), "weights", /gru.kernel: expected shape \[inputs, 3\], got \[1, 2\]/],
    ["a flat kernel of another length", () => gru({ ...plain, kernel: [1, 2] }), "weights", /\[inputs, 3\], got \[2\]/],
    ["an empty kernel", () => gru({ ...plain, kernel: [] }), "weights", /got \[0\]/],
    ["a ragged kernel", () => gru({ ...plain, kernel: [[1, 2, 3], [4, 5]] }), "weights", /gru.kernel\[1\]: expected 3 elements, got Array\(2\)/],
    ["a kernel of texts", () => gru({ ...plain, kernel: [["1", 2, 3]] as never }), "weights", /gru.kernel\[0\]\[0\]: expected a number, got "1"/],
    ["a shape that lies", () => gru({ ...plain, kernel: { data: kernel, shape: [3, 3] } }), "weights", /gru.kernel.shape: expected whole numbers for 6 elements, got \[3, 3\]/],
    ["a shape of halves", () => gru({ ...plain, kernel: { data: kernel, shape: [1.5, 4] } }), "weights", /gru.kernel.shape: .*6 elements, got \[1.5, 4\]/],
    ["a transposed recurrent kernel", () => gru({ ...plain, recurrentKernel: [[1], [2], [3]] }), "weights", /gru.recurrentKernel: expected shape \[1, 3\], got \[3, 1\]/],
    ["a bias of another length", () => gru({ ...plain, bias: [1, 2] }), "weights", /gru.bias.*got \[2\]/],
    ["two rows of bias, reset before", () => gru({ ...plain, resetAfter: false, bias: kernel }), "weights", /gru.bias: expected shape \[3\], got \[6\]/],
    ["a recurrent bias too many", () => gru({ ...plain, bias: kernel, recurrentBias: [1, 2, 3] }), "weights", /gru.bias: expected shape \[3\], got \[6\]/],
    ["a surplus bias", () => gru({ ...plain, useBias: false, bias: [1, 2, 3] }), "weights", /gru.useBias: expected true with a bias, false without, got false/],
    ["a missing bias", () => gru({ ...plain, useBias: true }), "weights", /gru.useBias: expected true with a bias, false without, got true/],
    ["a surplus bias of dense", () => dense({ units: 1, kernel: [1], useBias: false, bias: [1] }), "weights", /dense.useBias/],
    ["an unknown activation", () => gru({ ...plain, activation: "tanhh" as never }), "option", /gru.activation: expected one of linear.*"tanhh"/],
    ["a parameter that a function has not", () => gru({ ...plain, activation: { name: "relu", alpha: 1 } }), "option", /gru.activation.alpha of relu: expected undefined, got 1/],
    ["a parameter that is missing", () => gru({ ...plain, activation: { name: "scaled_tanh", alpha: 1 } }), "option", /gru.activation.beta of scaled_tanh: expected number, got undefined/],
    ["a parameter of text", () => gru({ ...plain, activation: { name: "elu", alpha: "1" as never } }), "option", /gru.activation.alpha of elu: expected number, got "1"/],
    ["softmax in a GRU", () => gru({ ...plain, activation: "softmax" as never }), "option", /gru.activation/],
    ["a clip of 0", () => gru({ ...plain, clip: 0 }), "option", /gru.clip: expected a number above 0, got 0/],
    ["a clip of NaN", () => gru({ ...plain, clip: Number.NaN }), "option", /gru.clip/],
    ["a flag of 1", () => gru({ ...plain, goBackwards: 1 as never }), "option", /gru.goBackwards: expected boolean, got 1/],
    ["a name of 5", () => gru({ ...plain, name: 5 as never }), "option", /gru.name.*5/],
    ["a named layer's bias", () => gru({ ...plain, name: "encoder", bias: [1] }), "weights", /^encoder.bias/],
    ["an embedding without weights", () => embedding({} as never), "weights", /embedding.weights/],
    ["an embedding of rank 1", () => embedding({ weights: [1, 2] }), "weights", /\[vocabulary, features\], got \[2\]/],
    ["a maskValue of text", () => masking({ maskValue: "0" as never }), "option", /masking.maskValue.*"0"/],
    ["a maskValue of NaN", () => masking({ maskValue: Number.NaN }), "option", /masking.maskValue.*NaN/],
    ["a rate of 1", () => dropout({ rate: 1 }), "option", /dropout.rate.*1/],
    ["an unknown merge mode", () => bidirectional({ forward: plain, backward: plain, mergeMode: "max" as never }), "option", /mergeMode: expected one of concat.*"max"/],
    ["a backward layer without weights", () => bidirectional({ forward: plain, backward: {} }), "weights", /bidirectional.backward.kernel/],
    ["no backward layer", () => bidirectional({ forward: plain } as never), "option", /bidirectional.backward: expected options/],
    ["two forward layers", () => bidirectional({ forward: plain, backward: { ...plain, goBackwards: false } }), "option", /backward.goBackwards/],
    ["two backward layers", () => bidirectional({ forward: { ...plain, goBackwards: true }, backward: plain }), "option", /forward.goBackwards/],
    ["a sum of unequal units", () => bidirectional({ forward: plain, backward: gruOptions(2, 2), mergeMode: "sum" }), "model", /backward.units: expected 1.*got 2/],
    ["directions of unequal inputs", () => bidirectional({ forward: plain, backward: gruOptions(1, 1) }), "model", /backward.inputs: expected 2.*got 1/],
    ["directions of unequal length", () => bidirectional({ forward: plain, backward: gru({ ...plain, returnSequences: true }) }), "model", /backward.returnSequences/],
  ];
  it.each(bad)("refuse %s", (_, make, code, message) => {
    expect(make).toThrow(CongruentError);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe("stacks", () => {
  const last = gru(gruOptions(2, 2));
  // biome-ignore format: a table
  const bad: [what: string, layers: unknown, message: RegExp][] = [
    ["nothing", undefined, /layers: expected an array.*undefined/],
    ["no layers", [], /layers: expected one that knows its features.*got none/],
    ["what only looks like a layer", [{ ...last, kind: "gru" }, Object.fromEntries(Object.entries(last))], /layers\[1\]: expected a layer/],
    ["what is not a layer", [{ kind: "lstm" }], /layers\[0\]: expected a layer/],
    ["a hole", [seededGru(2, 2), null], /layers\[1\]: expected a layer.*null/],
    ["an embedding in the middle", [seededGru(2, 2), embedding({ weights: [[1]] })], /embedding: expected to be the first/],
    ["features that differ", [seededGru(2, 3, { name: "a" }), seededGru(2, 2)], /gru: expected 2 features.*got 3 from a/],
    ["a dense layer too wide", [last, dense({ units: 1, kernel: [1, 2, 3] })], /dense: expected 3 features.*got 2 from gru/],
    ["a GRU after a last output", [last, seededGru(2, 2)], /gru_1: expected a sequence \(returnSequences: true\) from gru/],
    ["masking after a last output", [last, masking()], /masking: expected a sequence/],
    ["a layer after merge mode none", [bidirectional({ forward: plain, backward: plain, mergeMode: "none" }), dropout()], /bidirectional: expected to be the last layer.*dropout after it/],
    ["one name twice", [seededGru(2, 2, { name: "a" }), seededGru(2, 2, { name: "a" })], /a: expected one layer of this name, got two/],
    ["no layer that knows its features", [masking(), dropout()], /layers: expected one that knows its features/],
  ];
  it.each(bad)("refuse %s", (_, layers, message) => {
    const build = () => buildStack(layers as Layer[]);
    expect(build).toThrow(CongruentError);
    expect(build).toThrow(message);
    expect(build).toThrow(expect.objectContaining({ code: "model" }));
  });

  it("know their slots and shapes", () => {
    const stack = buildStack([
      masking(),
      seededGru(2, 3),
      bidirectional({ forward: gruOptions(3, 2), backward: { ...gruOptions(3, 4), units: 4 } }),
      dense({ units: 5, kernel: new Array(30).fill(0) }),
    ]);
    expect(stack.slots.map(({ name }) => name)).toEqual(["gru", "bidirectional.forward", "bidirectional.backward"]);
    expect([stack.inputs, stack.vocabulary]).toEqual([2, 0]);
    expect(stack.shapes.map(({ features, sequence }) => [features, sequence])).toEqual([
      [0, true],
      [3, true],
      [6, false],
      [5, false],
    ]);
  });

  it("name the directions of a bidirectional layer, unless they have names", () => {
    const forward = { ...gruOptions(2, 1), name: "there" };
    const { slots } = buildStack([bidirectional({ forward, backward: gruOptions(2, 1), name: "both" })]);
    expect(slots.map(({ name }) => name)).toEqual(["there", "both.backward"]);
  });

  it("leave the given layers as they were", () => {
    const layer = seededGru(2, 2);
    expect(buildStack([layer, layer]).layers.map(({ name }) => name)).toEqual(["gru", "gru_1"]);
    expect(layer.name).toBe("");
  });
});
