import { readFileSync } from "node:fs";
import type { ForeignFile } from "../../../src/convert/foreign.ts";
import { read } from "../../../src/convert/tf1/read.ts";
import type { HostileFormat, HostileSeed } from "../format.ts";

const names = [
  "lengths.pb",
  "last-step.pb",
  "bidirectional.pb",
  "attention.pb",
  "tagger-saved/saved_model.pb",
  "last-state-checkpoint/model.ckpt.meta",
  "last-state-checkpoint/model.ckpt.index",
  "last-state-checkpoint/model.ckpt.data-00000-of-00001",
];

function seed(root: URL, name: string): HostileSeed {
  const url = new URL(`test/convert/fixtures/tf1/${name}`, root);
  const bytes = Uint8Array.from(readFileSync(url));
  // The footer of a table, and the ends of its blocks.
  const boundaries = name.endsWith(".index") ? [bytes.length - 8, bytes.length - 48] : [];
  return { name, bytes, boundaries, beside: async (path) => readFileSync(new URL(path, url)) };
}

/** What belongs to a checkpoint is read by its index, whichever of the files is damaged. */
function open(file: ForeignFile): ForeignFile {
  const [, prefix, ending] = /^(.*\/)model\.ckpt\.(meta|data-.*)$/.exec(file.name) ?? [];
  const { beside } = file;
  if (!prefix || !beside) return file;
  return {
    name: `${prefix}model.ckpt.index`,
    bytes: new Uint8Array(),
    beside: async (path) => (path === `model.ckpt.${ending}` ? file.bytes : beside(path)),
  };
}

/** Frozen graphs have no checksums, so other bytes may be other weights; checkpoints have. */
export default {
  seeds: (root) => names.map((name) => seed(root, name)),
  read: async (file) => {
    const opened = open(file);
    return read(
      opened === file ? file : { ...opened, bytes: (await opened.beside?.("model.ckpt.index")) ?? file.bytes },
    );
  },
  judge: ({ seed: { name } }) =>
    /\.(index|data-.*)$/.test(name) ? "gave other numbers than the checksums stand for" : null,
} satisfies HostileFormat;
