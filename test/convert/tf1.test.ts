import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ForeignFile } from "../../src/convert/foreign.ts";
import { read } from "../../src/convert/tf1/read.ts";
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
  readonly output: Shaped;
  readonly states: Shaped[] | null;
}

const folder = new URL("fixtures/tf1/", import.meta.url);

function file(path: string): ForeignFile {
  const url = new URL(path, folder);
  return {
    name: path,
    bytes: readFileSync(url),
    beside: async (other) => readFileSync(new URL(other, url)),
  };
}
const cases: Case[] = JSON.parse(readFileSync(new URL("cases.json", folder), "utf8"));

const tolerance = 1e-6;

describe.each(engineTable)("TensorFlow 1 models give what TensorFlow gives, %s", (_, { createModel }) => {
  it.each(cases.filter(({ parts }) => parts).map((one) => [one.file, one] as const))("%s", async (name, one) => {
    const model = await read(file(name));
    expect(model).toMatchObject({ format: "tf1", semantics: "tf1", noChain: null });
    expect(model.parts.map(({ kind }) => kind)).toEqual(one.parts);
    const { outputs, states } = createModel(model.parts.flatMap(({ layers }) => layers ?? [])).run(one.input, {
      timeMajor: one.timeMajor,
      semantics: model.semantics,
      lengths: one.lengths,
    });
    expect(deviation(outputs.data, one.output.data)).toBeLessThanOrEqual(tolerance);
    one.states?.forEach((state, i) => {
      expect(deviation(states[i].data, state.data)).toBeLessThanOrEqual(tolerance);
    });
  });
});
