import { describe, expect, it } from "vitest";
import { createModel as f32 } from "../../src/index.ts";
import { createModel as int8 } from "../../src/int8/index.ts";
import { modelFolder } from "./files.ts";
import * as measure from "./int8.ts";

const engines = { f32, int8 };
const exists = (name: string) => modelFolder(name).exists;

/** At most, in ms: calibration runs on the reference. */
const timeout = 600_000;

describe("int8 at precision 14 beside f32", () => {
  it.skipIf(!exists("g2p") || !measure.hasWords)(
    "g2p, calibrated with other words, spells 99 % of 4,000 alike",
    async () => {
      const shares = await measure.g2pAgreement(engines, 14, true);
      console.log(`g2p, by the thousand: ${shares.join(", ")}`);
      expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThanOrEqual(0.99);
    },
    timeout,
  );

  it("language-id says the same language of 99.5 % of its held-out texts", () => {
    expect(measure.languageAgreement(engines, 14)).toBeGreaterThanOrEqual(0.995);
  });

  it.skipIf(!exists("rnnoise"))("rnnoise's gains are 0.01 from the C program's on average, at 7 bits too", async () => {
    expect(await measure.rnnoiseDeviation(engines, 14)).toBeLessThanOrEqual(0.002);
    expect(await measure.rnnoiseDeviation(engines, 7)).toBeLessThanOrEqual(0.01);
  });

  it.skipIf(!exists("tf1-mnist"))("tf1-mnist reads 99 of 100 digits alike, at 7 bits too", async () => {
    expect(await measure.mnistAgreement(engines, 14)).toBeGreaterThanOrEqual(0.99);
    expect(await measure.mnistAgreement(engines, 7)).toBeGreaterThanOrEqual(0.99);
  });

  it.skipIf(!exists("gtcrn"))("gtcrn's GRUs are within 0.02 of ONNX Runtime", async () => {
    const found = await measure.gtcrnDeviations(engines, 14);
    expect(found).toHaveLength(4);
    for (const [name, , off] of found) expect(off, name).toBeLessThanOrEqual(0.02);
  });

  it.skipIf(!exists("keras23-circuit"))("keras23-circuit is within 0.002 of Keras", async () => {
    const [, off] = await measure.circuitDeviations(engines, 14);
    expect(off).toBeLessThanOrEqual(0.002);
  });
});
