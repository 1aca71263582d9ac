import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ourCode } from "../examples/playground/model/code.mjs";
import { answersOf } from "../examples/playground/model/compute.mjs";
import { theirCode } from "../examples/playground/model/framework-code.mjs";
import { frameworks } from "../examples/playground/model/frameworks.mjs";
import { fromHash, toHash } from "../examples/playground/model/link.mjs";
import { presets } from "../examples/playground/model/presets.mjs";

/** What a framework answered, or why it refused (test/playground/make.py). */
interface Recorded {
  readonly by: string;
  readonly outputs?: number[][][];
  readonly states?: number[][];
  readonly error?: string;
}

const recorded: Record<string, Record<string, Recorded>> = JSON.parse(
  readFileSync(new URL("vectors/playground.json", import.meta.url), "utf8"),
);

describe.each(presets)("the playground's example $id", ({ id, state }) => {
  const answers = answersOf(state);

  it("is what every framework that was run answered", () => {
    for (const { framework, outputs, states, refusal } of answers) {
      const names = framework.id === "keras" ? ["keras", "keras-torch"] : [framework.id];
      for (const name of names) {
        const wanted = recorded[id][name];
        // A framework that cannot do what is asked was not run; the page says so in the column.
        if (!wanted) {
          expect(framework.limits(state), `${id}: ${name}`).not.toEqual([]);
          continue;
        }
        if (wanted.error) {
          expect(refusal, `${id}: ${name} refused with: ${wanted.error}`).not.toBeNull();
          continue;
        }
        expectClose(outputs, wanted.outputs, `${id}: outputs of ${wanted.by}`);
        expectClose(states, wanted.states, `${id}: states of ${wanted.by}`);
      }
    }
  });

  it("has a link that leads back to it", () => {
    expect(fromHash(toHash(state))).toEqual(state);
  });

  it("shows code of congruent that gives the column's numbers", async () => {
    for (const { framework, outputs, states, refusal } of answers) {
      const source = ourCode(state, framework).replace(/^import (.*) from "congruent";/, "const $1 = library;");
      const run = new Function("library", `${source}\nreturn { outputs, states };`);
      const library = await import("congruent");
      if (refusal !== null) {
        expect(() => run(library)).toThrow(refusal);
        continue;
      }
      const result = run(library);
      expect([...result.outputs.data]).toEqual(outputs?.flat(2));
      const { units } = state;
      const rows = state.inputs.map((_, b) =>
        result.states.flatMap((h: { data: Float32Array }) => [...h.data.subarray(b * units, (b + 1) * units)]),
      );
      expect(rows).toEqual(states);
    }
  });

  it("shows code of each framework", () => {
    for (const framework of frameworks) expect(theirCode(state, framework)).toMatch(/import/);
  });
});

describe("the playground's address", () => {
  it.each([
    ["#{", /./],
    ["#{}", /inputs/],
    [toHash({ ...presets[0].state, inputs: [[9]] }), /token id/],
    [toHash({ ...presets[1].state, units: 1000 }), /units/],
    [toHash({ ...presets[1].state, activation: "__proto__" }), /activations/],
  ])("refuses %s", (hash, message) => {
    expect(() => fromHash(hash)).toThrow(message);
  });

  it("may be empty", () => {
    expect(fromHash("")).toBeNull();
  });
});

it("was recorded for every framework that can be asked", () => {
  const asked = Object.values(recorded).flatMap(Object.keys);
  for (const { id } of frameworks) expect(asked).toContain(id);
});

function expectClose(actual: unknown, wanted: unknown, what: string): void {
  const [numbers, targets] = [actual, wanted].map((value) => (value as number[]).flat(3) as unknown as number[]);
  expect(numbers.length, what).toBe(targets.length);
  for (const [i, target] of targets.entries()) {
    expect(Math.abs(numbers[i] - target), `${what}, element ${i}: ${numbers[i]} and ${target}`).toBeLessThanOrEqual(
      2e-6 + 2e-6 * Math.abs(target),
    );
  }
}
