import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/tfjs/read.ts";
import type { HostileFormat, HostileSeed } from "../format.ts";

/** The JSON is attacked with its shards beside it, and a shard with its JSON. Weights have no checksum. */
export default {
  seeds: (root) =>
    ["native", "converted", "converted-uint16", "converted-float16"].flatMap((name): HostileSeed[] => {
      const bytesOf = (path: string) =>
        new Uint8Array(readFileSync(new URL(path, new URL(`test/convert/fixtures/tfjs/${name}/`, root))));
      const shard = name === "native" ? "./weights.bin" : "group1-shard2of2.bin";
      const beside = async (path: string) => bytesOf(path);
      return [
        { name: `${name}/model.json`, bytes: bytesOf("model.json"), beside },
        { name: `${name}/${shard}`, bytes: bytesOf(shard), beside },
      ];
    }),
  read: async (file) => {
    if (file.name.endsWith(".json")) return read(file);
    const damaged = file.name.slice(file.name.indexOf("/") + 1);
    const bytes = (await file.beside?.("model.json")) ?? new Uint8Array();
    return read({
      name: "model.json",
      bytes,
      beside: async (path) => (path === damaged ? file.bytes : ((await file.beside?.(path)) ?? new Uint8Array())),
    });
  },
} satisfies HostileFormat;
