import { readFileSync } from "node:fs";
import { zipSync } from "fflate";
import { read } from "../../../src/convert/pytorch/read.ts";
import { ZipArchive } from "../../../src/convert/zip/archive.ts";
import type { HostileFormat } from "../format.ts";

/** The checkpoints whose pickles are damaged, by name. */
const archives = new Map<string, ZipArchive>();

/**
 * The pickles inside checkpoints, sealed again after the damage: no CRC stands before the unpickler here. Another name,
 * offset or stride is what the damaged pickle says, so other answers are allowed.
 */
export default {
  seeds: (root) =>
    ["plain", "checkpoint", "bidirectional", "strided", "plain-protocol5", "parameters", "others"].map((name) => {
      const path = new URL(`test/convert/fixtures/pytorch/${name}.pt`, root);
      const archive = new ZipArchive(Uint8Array.from(readFileSync(path)), name);
      archives.set(name, archive);
      return { name, bytes: archive.read(`${name}/data.pkl`).slice() };
    }),
  read: ({ name, bytes }) => {
    const archive = archives.get(name);
    const entries = (archive?.names ?? []).map((entry) => [entry, archive?.read(entry)] as const);
    const sealed = Object.fromEntries([...entries, [`${name}/data.pkl`, bytes]]) as Record<string, Uint8Array>;
    return read({ name: `${name}.pt`, bytes: zipSync(sealed, { level: 0 }) });
  },
} satisfies HostileFormat;
