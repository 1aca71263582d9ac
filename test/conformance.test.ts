import { describe, expect, it } from "vitest";
import { engineTable } from "./conformance/engines.ts";
import { check } from "./conformance/run.ts";
import { exclusions, executedSuites, type Suite, transcribedSuites } from "./conformance/suites.ts";
import { executedVectors, transcribedVectors, type Vector } from "./conformance/vectors.ts";

/**
 * What the frameworks answered, asked of the public API: each case with its framework's preset and, where there is one,
 * its converter. Executed vectors are recorded runs; the others are the frameworks' own tests.
 */
describe.each(engineTable)("%s", (_, engine) => {
  const suite = ({ file, peer, cases, tolerance }: Suite, vectors: readonly Vector[] | null) => {
    const excluded = exclusions.filter((exclusion) => exclusion.file === file);
    describe.skipIf(!vectors)(file, () => {
      it(`has ${cases} cases`, () => {
        expect(vectors).toHaveLength(cases);
        expect(excluded.filter(({ name }) => !vectors?.some((vector) => vector.name === name))).toEqual([]);
      });
      const included = vectors?.filter(({ name }) => !excluded.some((exclusion) => exclusion.name === name)) ?? [];
      it.each(included.map((vector) => [vector.name, vector] as const))("%s", (_, vector) => {
        expect(check(engine, peer, vector, {}, tolerance)).toEqual([]);
      });
    });
  };
  describe("executed", () => {
    for (const entry of executedSuites) suite(entry, executedVectors(entry.file));
  });
  describe("transcribed", () => {
    for (const entry of transcribedSuites) suite(entry, transcribedVectors(entry.file));
  });
});
