import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ForeignFile } from "../../src/convert/foreign.ts";
import { read } from "../../src/convert/onnx/read.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation } from "../models/files.ts";

interface Shaped {
  readonly data: number[];
  readonly shape: number[];
}

/** What make.py recorded. */
interface Case {
  readonly file: string;
  /** null where the model is no chain. */
  readonly parts: string[] | null;
  readonly input: Shaped;
  readonly timeMajor: boolean;
  readonly lengths: number[] | null;
  readonly initialState: Shaped[] | null;
  readonly outputs: Shaped[];
  readonly given?: Record<string, Shaped>;
}

const folder = new URL("fixtures/onnx/", import.meta.url);
const bytesOf = (path: string): Uint8Array => readFileSync(new URL(path, folder));
const file = (name: string): ForeignFile => ({ name, bytes: bytesOf(name), beside: async (path) => bytesOf(path) });
const cases: Case[] = JSON.parse(readFileSync(new URL("cases.json", folder), "utf8"));

/** ONNX Runtime's sigmoid and tanh are rational approximations. */
const tolerance = 1e-6;

describe.each(engineTable)("ONNX models give what ONNX Runtime gives, %s", (_, { createModel }) => {
  it.each(cases.filter(({ parts }) => parts).map((one) => [one.file, one] as const))("%s", async (name, one) => {
    const model = await read(file(name), { inputs: one.given });
    expect(model).toMatchObject({ format: "onnx", semantics: "onnx", noChain: null });
    expect(model.parts.map(({ kind }) => kind)).toEqual(one.parts);
    const layers = model.parts.flatMap((part) => part.layers ?? []);
    const { outputs, backwardOutputs, states } = createModel(layers).run(one.input, {
      timeMajor: one.timeMajor,
      semantics: model.semantics,
      lengths: one.lengths,
      initialState: one.initialState,
    });
    const [wanted, state] = one.outputs;
    // Y of a node is [time, directions, batch, units]: the directions' outputs apart.
    const parts = backwardOutputs ? directions(wanted) : [wanted.data];
    expect(deviation(outputs.data, parts[0])).toBeLessThanOrEqual(tolerance);
    if (backwardOutputs) expect(deviation(backwardOutputs.data, parts[1])).toBeLessThanOrEqual(tolerance);
    if (state) {
      const given = states.flatMap(({ data }) => [...data]);
      expect(deviation(given, state.data)).toBeLessThanOrEqual(tolerance);
    }
  });
});

/** [T, 2, B, H] → the two [T, B, H]. */
function directions({ data, shape: [steps, , rows, units] }: Shaped): number[][] {
  const size = rows * units;
  return [0, 1].map((side) =>
    Array.from({ length: steps }, (_, step) =>
      data.slice((2 * step + side) * size, (2 * step + side + 1) * size),
    ).flat(),
  );
}
