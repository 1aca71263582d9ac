import { expected } from "../errors.ts";
import { FIELDS } from "../kernel/direction.ts";
import type { Int8Exports } from "../kernel/exports-int8.ts";
import type { MatricesFactory } from "../kernel/matrix.ts";
import { copyRows, padded } from "../kernel/memory.ts";
import type { QuantizedGru } from "../layers/layer.ts";

/** Rows that multiplyInt8 quantises together. */
const QUANTIZED_ROWS = 66;

/**
 * The matrices of a direction whose products are made in int8.
 *
 * @throws CongruentError `model`: this kernel has no int8
 */
export const quantizedMatrices: MatricesFactory = (layer, build, struct) => {
  const { inputs, units, name } = layer;
  const int8 = layer.int8 as QuantizedGru;
  const { precision } = int8;
  const exports = build.exports as Int8Exports;
  if (!exports.packInt8) {
    throw expected("model", name, "a kernel with int8, as congruent/int8 and congruent/int8.wasm have it", "another");
  }
  /** (QUANTIZED_ROWS) rows of 16 bytes, and 2 for each number of the deepest matrix */
  const quantized = build.reserve(QUANTIZED_ROWS * (4 + (Math.ceil(Math.max(inputs, units) / 16) * 16) / 2));
  build.i32.set([precision, 4 * quantized], struct + FIELDS - 2);

  return {
    multiply: (...given) => exports.multiplyInt8(...given, precision, quantized),

    place(name, gates, first) {
      const { values, scales } = int8[name];
      const columns = scales.length;
      const depth = values.length / columns;
      const place = build.reserve(exports.sizeInt8(depth, (gates * padded(units)) / 4, precision) / 4);
      copyRows(build.f32, place, padded(units), scales, first, units, units, gates);
      const fit = Math.floor((4 * build.capacity) / columns);
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.length);
      for (let k = 0; k < depth; k += fit) {
        const count = Math.min(fit, depth - k);
        build.u8.set(bytes.subarray(k * columns, (k + count) * columns), 4 * build.x);
        exports.packInt8(4 * build.x + first, columns, k, count, depth, gates, units, precision, place);
      }
      return place;
    },
  };
};
