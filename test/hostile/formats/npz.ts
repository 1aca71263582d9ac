import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/npz/read.ts";
import type { HostileFormat } from "../format.ts";

/** NumPy's archives, stored and deflated. Every byte that is read is under a CRC. */
export default {
  seeds: (root) =>
    ["plain.npz", "plain-compressed.npz"].map((name) => ({
      name,
      bytes: Uint8Array.from(readFileSync(new URL(`test/convert/fixtures/pytorch/${name}`, root))),
    })),
  read,
  judge: () => "gave another model",
} satisfies HostileFormat;
