import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/pytorch/read.ts";
import type { HostileFormat } from "../format.ts";

/** Every kind of checkpoint: alone, nested, of two layers, of shared storages, of another protocol, with a chain. */
const names = ["plain", "checkpoint", "bidirectional", "strided", "plain-protocol5", "half", "parameters", "tagger"];

/** Checkpoints of PyTorch. Every byte that is read is under a CRC, so a change of numbers is an error. */
export default {
  seeds: (root) =>
    names.map((name) => {
      const bytes = Uint8Array.from(readFileSync(new URL(`test/convert/fixtures/pytorch/${name}.pt`, root)));
      return { name: `${name}.pt`, bytes, boundaries: zipBoundaries(bytes) };
    }),
  read,
  judge: () => "gave another model",
} satisfies HostileFormat;

/** Where the records of a zip file begin. */
function zipBoundaries(bytes: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at++) if (bytes[at] === 0x50 && bytes[at + 1] === 0x4b) found.push(at);
  return found;
}
