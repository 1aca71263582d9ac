import { readFileSync } from "node:fs";
import { readNpy } from "../../../src/convert/npz/npy.ts";
import type { HostileFormat } from "../format.ts";

const names = ["le-f4-c", "be-f8-f", "le-i8-f", "halves", "cube-f", "scalar", "empty", "version2"];

/** Arrays of NumPy, which have no checksum. */
export default {
  seeds: (root) =>
    names.map((name) => ({
      name: `${name}.npy`,
      bytes: Uint8Array.from(readFileSync(new URL(`test/convert/fixtures/numpy/${name}.npy`, root))),
      boundaries: [6, 8, 10, 128],
    })),
  read: async ({ bytes, name }) => readNpy(bytes, name),
} satisfies HostileFormat;
