import { describe, expect, it } from "vitest";
import { createModel as f32 } from "../../src/index.ts";
import { createModel as int8 } from "../../src/reference/index.ts";
import { modelFolder } from "./files.ts";
import * as measure from "./int8.ts";

const engines = { f32, int8 };
const exists = (name: string) => modelFolder(name).exists;

describe("int8 at precision 14 beside f32", () => {
  it.skipIf(!exists("g2p") || !measure.hasWords)(
    "g2p spells 99 % of 1,000 words alike",
    async () => {
      const share = await measure.g2pAgreement(engines, 14, 2000);
      console.log("g2p", share);
      expect(share).toBeGreaterThanOrEqual(0.99);
    },
    600_000,
  );

  it("language-id says the same language of 99.5 % of the texts", () => {
    const share = measure.languageAgreement(engines, 14);
    console.log("language", share, measure.languageAgreement(engines, 7));
    expect(share).toBeGreaterThanOrEqual(0.995);
  }, 600_000);

  it.skipIf(!exists("rnnoise"))(
    "rnnoise's gains are 0.01 from the C program's, on average",
    async () => {
      const off = await measure.rnnoiseDeviation(engines, 14);
      console.log("rnnoise", off, await measure.rnnoiseDeviation(engines, 7));
      expect(off).toBeLessThanOrEqual(0.01);
    },
    600_000,
  );

  it.skipIf(!exists("tf1-mnist"))("tf1-mnist reads 99 of 100 digits alike", async () => {
    console.log("mnist", await measure.mnistAgreement(engines, 14), await measure.mnistAgreement(engines, 7));
    expect(await measure.mnistAgreement(engines, 14)).toBeGreaterThanOrEqual(0.99);
  });

  it.skipIf(!exists("gtcrn"))("gtcrn", async () => {
    console.log("gtcrn", await measure.gtcrnDeviations(engines, 14), await measure.gtcrnDeviations(engines, 7));
  });
  it.skipIf(!exists("keras23-circuit"))("circuit", async () => {
    console.log("circuit", await measure.circuitDeviations(engines, 14), await measure.circuitDeviations(engines, 7));
  });
});
