import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/keras-h5/read.ts";
import type { HostileFormat, HostileSeed } from "../format.ts";

/** Weights without a checksum: a damaged number is another number. */
export default {
  seeds: (root) =>
    ["small.h5", "small-chunked.h5", "small-latest.h5", "keras1.h5", "tfkeras2.h5", "tokens.h5"].map(
      (name): HostileSeed => ({
        name,
        bytes: new Uint8Array(readFileSync(new URL(`test/convert/fixtures/keras/${name}`, root))),
        // Superblocks, and the blocks of 8 bytes that all else is made of.
        boundaries: [8, 24, 48, 56, 96, 136, 512, 2048],
      }),
    ),
  read: (file) => read(file),
} satisfies HostileFormat;
