import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/keras-v3/read.ts";
import type { HostileFormat } from "../format.ts";

/** A zip whose entries have checksums: what is read is what was written. */
export default {
  seeds: (root) =>
    ["tokens.keras", "lambda.keras", "branches.keras"].map((name) => ({
      name,
      bytes: new Uint8Array(readFileSync(new URL(`test/convert/fixtures/keras/${name}`, root))),
    })),
  read: (file) => read(file),
} satisfies HostileFormat;
