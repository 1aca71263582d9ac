import { readModelFile } from "../../../src/format/model-file.ts";
import { writeModel } from "../../../src/format/write.ts";
import { int8Parts } from "../../../src/int8/model-file.ts";
import { bidirectional, dense, embedding, gru, masking } from "../../../src/kernel/layers.ts";
import type { HostileFormat, HostileSeed } from "../format.ts";

const numbers = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1));
const weights = (inputs: number, units: number) => ({
  units,
  kernel: numbers(3 * inputs * units),
  recurrentKernel: numbers(3 * units * units),
  bias: numbers(6 * units),
});

/** Where the parts of a safetensors file begin. */
function seed(name: string, bytes: Uint8Array): HostileSeed {
  const header = new DataView(bytes.buffer).getUint32(0, true);
  return { name, bytes, boundaries: [8, 8 + header, bytes.length - 4] };
}

/** congruent's own files. The checksum makes every change of numbers an error. */
export default {
  seeds: () => [
    seed("gru", writeModel([masking(), gru({ ...weights(2, 3), activation: { name: "leaky_relu", alpha: 0.1 } })])),
    seed(
      "sample",
      writeModel([embedding({ weights: [[1], [2], [3]], maskZero: true }), gru(weights(1, 2))], {
        sample: { input: [[1, 2, 0]], lengths: [2] },
        source: { format: "npz", framework: "numpy", version: null, name: "a.npz", sha256: "0".repeat(64) },
      }),
    ),
    seed(
      "f16",
      writeModel(
        [bidirectional({ forward: weights(2, 2), backward: weights(2, 2) }), dense({ units: 1, kernel: numbers(4) })],
        { dtype: "f16", semantics: "pytorch" },
      ),
    ),
    seed(
      "int8",
      writeModel(
        [
          embedding({
            weights: [
              [1, 2],
              [0.3, 4],
            ],
          }),
          gru(weights(2, 2)),
          dense({ units: 1, kernel: [0.1, 2] }),
        ],
        {
          dtype: "int8",
          int8: { precision: 7 },
        },
      ),
    ),
  ],
  read: async ({ bytes, name }) => readModelFile(bytes, name, int8Parts),
  judge: () => "gave another model",
} satisfies HostileFormat;
