import { describe, expect, it } from "vitest";
import { engineOver } from "../../src/kernel/engine.ts";
import { instantiate } from "../../src/kernel/instantiate.ts";
import { bidirectional, dense, embedding, gru, masking } from "../../src/kernel/layers.ts";
import { createModelWith } from "../../src/model/model.ts";
import { module } from "../engines.ts";

const numbers = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));
const weights = {
  units: 3,
  kernel: numbers(18),
  recurrentKernel: numbers(27),
  bias: numbers(9),
  returnSequences: true,
};
const after = [gru({ ...weights, kernel: numbers(27), resetAfter: false }), dense({ units: 2, kernel: numbers(6) })];
const table = { data: numbers(10), shape: [5, 2] };

const low = engineOver(() => instantiate(module));
/** As 32 bits with a sign, the addresses of these instances are negative. */
const high = engineOver(() => ({ ...instantiate(module), heapBase: () => 2 ** 29 }));

const features = { data: numbers(16), shape: [2, 4, 2] };
const ids = { data: Int32Array.of(1, 2, 0, 4, 3, 0, 1, 1), shape: [2, 4] };

describe("memory from 2 GB up gives the same bits", () => {
  it.each([
    ["features", features, [masking(), gru(weights), ...after]],
    ["ids", ids, [embedding({ weights: table, maskZero: true }), gru(weights), ...after]],
    ["vectors", ids, [embedding({ weights: table }), dense({ units: 2, kernel: numbers(4) })]],
  ])("of %s", (_, input, layers) => {
    const [expected, actual] = [low, high].map((engine) => {
      const model = createModelWith(engine, layers);
      const stream = model.stream({ rows: 2 });
      const { outputs } = model.run(input, { lengths: [4, 2], semantics: "keras" });
      return [outputs.data, stream.step(input.data.slice(0, input.data.length / 4)).slice()];
    });
    expect(actual).toEqual(expected);
  });

  it("of two directions", () => {
    const layers = [bidirectional({ forward: weights, backward: weights, mergeMode: "sum" })];
    const [expected, actual] = [low, high].map((engine) => createModelWith(engine, layers).run(features).outputs);
    expect(actual).toEqual(expected);
  });
});
