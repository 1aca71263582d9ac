import { readFileSync } from "node:fs";
import { read } from "../../../src/convert/onnx/read.ts";
import type { HostileFormat } from "../format.ts";

const names = [
  "encoder-torchscript.onnx",
  "ends-dynamo.onnx",
  "last-step-torchscript.onnx",
  "attention-dynamo.onnx",
  "node-bidirectional.onnx",
  "node-activations.onnx",
  "node-float16.onnx",
  "node-external.onnx",
];

/** ONNX has no checksums: other bytes may be other weights. */
export default {
  seeds: (root) =>
    names.map((name) => {
      const url = new URL(`test/convert/fixtures/onnx/${name}`, root);
      return {
        name,
        bytes: Uint8Array.from(readFileSync(url)),
        beside: async (path: string) => readFileSync(new URL(path, url)),
      };
    }),
  read,
} satisfies HostileFormat;
