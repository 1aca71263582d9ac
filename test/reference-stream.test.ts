import { describe, expect, it } from "vitest";
import type { DenseLayer, Layer } from "../src/layers/layer.ts";
import { referenceEngine } from "../src/reference/engine.ts";
import { presets, type Semantics } from "../src/sequence/semantics.ts";
import { drawn, filled, gru, random, run } from "./reference-stacks.ts";

describe("streams", () => {
  const rows = 3;
  const steps = 7;
  const features = filled(rows * steps * 2, random(11));
  const mask = drawn("-##-#-#", "#######", "-----##");
  const dense: DenseLayer = {
    kind: "dense",
    name: "dense",
    inputs: 3,
    units: 2,
    kernel: filled(6, random(12)),
    bias: filled(2, random(13)),
    activation: "softmax",
  };
  const stack = (returnSequences: boolean): Layer[] => [
    { kind: "masking", name: "masking", maskValue: 0 },
    gru(2, 4),
    gru(4, 3, { resetAfter: false, returnSequences }, 2),
    dense,
  ];
  const starts = [filled(rows * 4, random(14)), filled(rows * 3, random(15))];
  /** Steps 0 to t of every row. */
  const until = (data: Float32Array, t: number, width: number): Float32Array =>
    Float32Array.from({ length: rows * (t + 1) * width }, (_, i) => {
      const row = Math.floor(i / ((t + 1) * width));
      return data[row * steps * width + (i % ((t + 1) * width))];
    });
  // Where the explicit mask says no, the masking layer's own mask comes to the same.
  const masked = features.map((value, i) => (mask[i >> 1] ? value : 0));

  for (const paddedOutput of ["zero", "carry-output", "carry-state", { value: 3 }] as const) {
    for (const lastOutput of ["step", "state"] as const) {
      for (const explicit of [true, false]) {
        const name = `${JSON.stringify(paddedOutput)}, ${lastOutput}, ${explicit ? "explicit" : "layers'"} mask`;
        it(`give what a run gives at every step: ${name}`, () => {
          const semantics: Semantics = { ...presets.keras, paddedOutput, lastOutput };
          const given = { rows, semantics, initialStates: starts };
          const whole = run(stack(true), { ...given, steps, data: masked, validity: explicit ? mask : null });
          for (const returnSequences of [true, false]) {
            const stream = referenceEngine({ layers: stack(returnSequences) }).stream(rows, semantics, true);
            for (const [slot, state] of stream.states().entries()) state.set(starts[slot]);
            const out = new Float32Array(rows * 2);
            for (let t = 0; t < steps; t++) {
              const frame = Float32Array.from(
                { length: rows * 2 },
                (_, i) => masked[((i >> 1) * steps + t) * 2 + (i & 1)],
              );
              const valid = Uint8Array.from({ length: rows }, (_, row) => mask[row * steps + t]);
              stream.step(frame, out, explicit ? valid : null);
              const expected = returnSequences
                ? Array.from(out, (_, i) => whole.outputs[((i >> 1) * steps + t) * 2 + (i & 1)])
                : run(stack(false), {
                    ...given,
                    steps: t + 1,
                    data: until(masked, t, 2),
                    validity: explicit ? Uint8Array.from(until(Float32Array.from(mask), t, 1)) : null,
                  }).outputs;
              expect([...out]).toEqual(expected);
            }
            expect(stream.states().map((state) => [...state])).toEqual(whole.states);
            expect(stream.started.map((slot) => [...slot])).toEqual([
              [1, 1, 1],
              [1, 1, 1],
            ]);
          }
        });
      }
    }
  }

  it("do not share state with each other or with a run", () => {
    const engine = referenceEngine({ layers: [gru(2, 3)] });
    const one = engine.stream(1, presets.keras, true);
    const other = engine.stream(1, presets.keras, true);
    const first = new Float32Array(3);
    const again = new Float32Array(3);
    const second = new Float32Array(3);
    one.step(features.subarray(0, 2), first, null);
    other.step(features.subarray(0, 2), again, null);
    one.step(features.subarray(2, 4), second, null);
    expect(again).toEqual(first);
    expect(second).not.toEqual(first);
    expect(run([gru(2, 3)], { rows: 1, steps: 2, data: features.slice(0, 4) }).outputs).toEqual([...first, ...second]);
  });
});
