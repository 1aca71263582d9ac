import { describe, expect, it } from "vitest";
import type { Layer } from "../src/layers/layer.ts";
import type { Batch } from "../src/model/engine.ts";
import { referenceEngine } from "../src/reference/engine.ts";
import { presets, type Semantics } from "../src/sequence/semantics.ts";
import { bidirectional, drawn, filled, gru, random, run } from "./reference-stacks.ts";

describe("padding", () => {
  const layer = gru(2, 1);
  const h0 = Float32Array.of(0.5);
  const features = filled(10, random(3));
  const validity = drawn("-#-#-");
  const given = { rows: 1, steps: 5, data: features, validity, initialStates: [h0] };
  // What any rule has to show: the answer to the two valid steps alone, with no padding about.
  const packed = run([layer], {
    ...given,
    steps: 2,
    data: Float32Array.of(...features.slice(2, 4), ...features.slice(6, 8)),
    validity: null,
  });
  const [a, b] = packed.outputs;

  it.each<[string, Semantics["paddedOutput"], number[]]>([
    ["zero", "zero", [0, a, 0, b, 0]],
    ["carry-output", "carry-output", [0, a, a, b, b]],
    ["carry-state", "carry-state", [0.5, a, a, b, b]],
    ["a value", { value: -7.5 }, [-7.5, a, -7.5, b, -7.5]],
  ])("%s, in processing order", (_, paddedOutput, expected) => {
    const semantics = { ...presets.keras, paddedOutput };
    expect(run([layer], { ...given, semantics })).toEqual({
      outputs: expected,
      states: [[b]],
      mask: [...validity],
    });
    const last = run([{ ...layer, returnSequences: false }], { ...given, semantics });
    expect(last).toEqual({ outputs: [expected[4]], states: [[b]], mask: null });
    const state = run([{ ...layer, returnSequences: false }], {
      ...given,
      semantics: { ...semantics, lastOutput: "state" },
    });
    expect(state.outputs).toEqual([b]);

    const backwards = { ...layer, goBackwards: true };
    const turned = { ...given, data: reversed(features, 2), validity: validity.slice().reverse(), semantics };
    expect(run([backwards], turned).outputs).toEqual(expected);
    expect(run([backwards], { ...turned, semantics: { ...semantics, backwardsOrder: "input" } }).outputs).toEqual(
      [...expected].reverse(),
    );
    expect(run([{ ...backwards, returnSequences: false }], turned).outputs).toEqual([expected[4]]);
  });

  it("zeroOutputForMask turns what is carried into 0, the last output too, and leaves a value", () => {
    const zeroing = { ...layer, zeroOutputForMask: true };
    for (const paddedOutput of ["carry-output", "carry-state"] as const) {
      const semantics = { ...presets.keras, paddedOutput };
      expect(run([zeroing], { ...given, semantics }).outputs).toEqual([0, a, 0, b, 0]);
      expect(run([{ ...zeroing, returnSequences: false }], { ...given, semantics })).toMatchObject({
        outputs: [0],
        states: [[b]],
      });
    }
    const semantics = { ...presets.keras, paddedOutput: { value: 2 } };
    expect(run([zeroing], { ...given, semantics }).outputs).toEqual([2, a, 2, b, 2]);
  });

  it("an empty row's final state", () => {
    const empty = { ...given, validity: new Uint8Array(5) };
    expect(run([layer], { ...empty, semantics: presets.tf1 }).states).toEqual([[0.5]]);
    expect(run([layer], { ...empty, semantics: presets.onnx }).states).toEqual([[0]]);
    const last = { ...layer, returnSequences: false };
    expect(run([last], { ...empty, semantics: presets.tf1 }).outputs).toEqual([0.5]);
    expect(run([last], { ...empty, semantics: presets.keras }).outputs).toEqual([0]);
    expect(run([last], { ...empty, semantics: presets["keras-jax"] }).outputs).toEqual([0.5]);
  });

  it("an empty row that layers made is refused before anything is written", () => {
    const masking: Layer = { kind: "masking", name: "masking", maskValue: 0 };
    const outputs = new Float32Array(4).fill(7);
    const states = [new Float32Array(2).fill(7)];
    const batch: Batch = {
      rows: 2,
      steps: 2,
      data: Float32Array.of(1, 1, 0, 0, 0, 0, -0, 0),
      validity: null,
      useMasks: true,
      semantics: presets.pytorch,
      initialStates: [null],
    };
    const refused = () => referenceEngine({ layers: [masking, layer] }).run(batch, { outputs, states, mask: null });
    expect(refused).toThrow(/gru: expected a valid step in row 1 .*, got none/);
    expect([...outputs, ...states[0]]).toEqual([7, 7, 7, 7, 7, 7]);
  });

  it("NaN and huge values in padding reach nothing, and inputs are not written to", () => {
    const layers = [
      gru(2, 3),
      bidirectional(gru(3, 2, {}, 4), "concat"),
      gru(4, 2, { resetAfter: false, clip: 0.5 }, 5),
    ];
    const mask = drawn("-##-#-", "###---", "------");
    const clean = filled(36, random(6));
    const starts = [3, 2, 2, 2].map((units) => filled(3 * units, random(7)));
    for (const semantics of [presets.keras, presets["keras-jax"], presets.onnx, presets.tf1, presets.tfjs]) {
      const expected = run(layers, {
        rows: 3,
        steps: 6,
        data: clean,
        validity: mask,
        semantics,
        initialStates: starts,
      });
      expect(expected.outputs.concat(...expected.states).every(Number.isFinite)).toBe(true);
      for (const poison of [Number.NaN, Number.POSITIVE_INFINITY, 3e38]) {
        const dirty = clean.map((value, i) => (mask[i >> 1] ? value : poison));
        const kept = dirty.slice();
        const keptStarts = starts.map((start) => start.slice());
        expect(
          run(layers, { rows: 3, steps: 6, data: dirty, validity: mask, semantics, initialStates: starts }),
        ).toEqual(expected);
        expect(dirty).toEqual(kept);
        expect(starts).toEqual(keptStarts);
      }
    }
  });
});

/** (T, F) with the last step first. */
function reversed(data: Float32Array, width: number): Float32Array {
  return data.map((_, i) => data[data.length - width - (i - (i % width)) + (i % width)]);
}
