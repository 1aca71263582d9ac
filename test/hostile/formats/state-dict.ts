import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/safetensors/read.ts";
import type { HostileFormat } from "../format.ts";

/** PyTorch's state dicts in safetensors, which have no checksum. */
export default {
  seeds: (root) =>
    ["plain", "bidirectional", "half", "double"].map((name) => {
      const bytes = Uint8Array.from(readFileSync(new URL(`test/convert/fixtures/pytorch/${name}.safetensors`, root)));
      return { name: `${name}.safetensors`, bytes, boundaries: [8, 8 + new DataView(bytes.buffer).getUint32(0, true)] };
    }),
  read,
} satisfies HostileFormat;
