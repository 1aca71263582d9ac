import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/json/read.ts";
import type { HostileFormat } from "../format.ts";

/** Weights in JSON: as a state dict, and by a mapping. */
export default {
  seeds: (root) => {
    const bytes = Uint8Array.from(readFileSync(new URL("test/convert/fixtures/pytorch/tagger.json", root)));
    return ["state-dict.json", "mapped.json"].map((name) => ({ name, bytes }));
  },
  read: (file) => read(file, file.name === "mapped.json" ? { mapping } : {}),
} satisfies HostileFormat;

const mapping = {
  layout: "pytorch",
  layers: [
    { kind: "embedding", weights: { weights: "embedding.weight" } },
    {
      kind: "gru",
      weights: { weight_ih: "gru.weight_ih_l0", weight_hh: "gru.weight_hh_l0", bias_ih: "gru.bias_ih_l0" },
    },
    { kind: "dense", weights: { weight: "fc.weight", bias: "fc.bias" } },
  ],
} as const;
