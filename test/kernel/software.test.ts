import { describe, expect, it } from "vitest";
import * as congruent from "../../src/index.ts";
import { software } from "../../src/kernel/software.ts";
import { bits } from "../runtimes/golden/bits.mjs";
import { denormalModels, hashOf, longStream, models } from "../runtimes/golden/models.mjs";

const library = { ...congruent, createModel: software.createModel };
const golden: Readonly<Record<string, string>> = bits;

/** The property tests and the conformance suites run over it too. */
describe("the software kernel", () => {
  it.each([...models, ...denormalModels, longStream].map((model) => [model.name, model] as const))(
    "gives the golden bits of %s",
    (name, model) => {
      expect(hashOf(model, library)).toBe(golden[name]);
    },
  );

  it("refuses what does not fit into memory, as WebAssembly does", () => {
    const layers = [congruent.gru(options(1)), congruent.gru(options(8))];
    const model = software.createModel(layers);
    expect(() => model.stream({ rows: 2 ** 27 })).toThrow(
      expect.objectContaining({
        code: "memory",
        message: expect.stringMatching(/^WebAssembly: expected \d+ bytes/),
      }),
    );
    // Nothing has changed.
    expect(model.run([[[1]]]).outputs.data).toHaveLength(8);
  });
});

function options(units: number) {
  const inputs = 1;
  return {
    units,
    kernel: new Float32Array(3 * inputs * units).fill(0.5),
    recurrentKernel: new Float32Array(3 * units * units).fill(0.25),
    returnSequences: true,
  };
}
