import { describe, expect, it } from "vitest";
import { createModel } from "../../src/index.ts";
import { gru } from "../../src/kernel/layers.ts";
import { createModel as createReference } from "../../src/reference/index.ts";
import { bits, Random } from "../property/random.ts";

/** One layer through both engines. */
function compare(inputs: number, units: number, rows: number, steps: number, resetAfter: boolean): void {
  const random = new Random(inputs * 7919 + units * 31 + rows);
  const layers = [
    gru({
      units,
      kernel: { data: random.floats(inputs * 3 * units), shape: [inputs, 3 * units] },
      recurrentKernel: { data: random.floats(units * 3 * units, 1 / Math.sqrt(units)), shape: [units, 3 * units] },
      bias: random.floats(3 * units),
      recurrentBias: random.floats(3 * units),
      resetAfter,
      returnSequences: true,
    }),
  ];
  const input = { data: random.floats(rows * steps * inputs), shape: [rows, steps, inputs] };
  const lengths = Array.from({ length: rows }, () => random.whole(0, steps));
  const initialState = [random.floats(rows * units)];
  for (const options of [{ initialState }, { initialState, lengths }]) {
    const actual = createModel(layers).run(input, options);
    const expected = createReference(layers).run(input, options);
    const place = `${inputs} inputs, ${units} units, ${rows} rows, ${steps} steps`;
    expect(bits(actual.outputs.data), place).toEqual(bits(expected.outputs.data));
    expect(bits(actual.states[0].data), place).toEqual(bits(expected.states[0].data));
  }
}

describe.each([true, false])("a GRU with resetAfter %s has the reference's bits", (resetAfter) => {
  it("for every number of units from 1 to 53", () => {
    for (let units = 1; units <= 53; units++) compare(3, units, 3, 3, resetAfter);
  });

  it("for larger numbers of units around multiples of the tiles", () => {
    for (const units of [63, 64, 65, 95, 96, 97, 127, 128, 131]) compare(17, units, 5, 2, resetAfter);
  });

  it("for every number of inputs from 1 to 19", () => {
    for (let inputs = 1; inputs <= 19; inputs++) compare(inputs, 6, 2, 4, resetAfter);
  });

  it("for every batch from 1 to 9, and around the rows that are run together", () => {
    for (let rows = 1; rows <= 9; rows++) compare(4, 8, rows, 5, resetAfter);
    for (const rows of [63, 64, 65, 128, 131]) compare(2, 5, rows, 3, resetAfter);
  });

  it("for time beyond a block of the projection, and of the buffers", () => {
    for (const steps of [1, 2, 1365, 1366, 1700]) compare(2, 4, 1, steps, resetAfter);
    compare(2, 4, 1, 8200, resetAfter);
    compare(9, 200, 3, 61, resetAfter);
    compare(1, 3, 70, 300, resetAfter);
  });
});
