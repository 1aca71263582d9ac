import type { QuantizedMatrix } from "../layers/layer.ts";

/**
 * A matrix → int8, rounded to nearest, with the scale of each column its largest magnitude / 127.
 *
 * @param data (rows, columns), row-major, finite
 */
export function quantizeMatrix(data: Float32Array, rows: number, columns: number): QuantizedMatrix {
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  for (let i = 0; i < data.length; i++) scales[i % columns] = Math.max(scales[i % columns], Math.abs(data[i]));
  for (let c = 0; c < columns; c++) scales[c] /= 127;
  for (let i = 0; i < data.length; i++) {
    const scale = scales[i % columns];
    values[i] = scale === 0 ? 0 : Math.max(-127, Math.min(127, Math.round(data[i] / scale)));
  }
  return { values, scales };
}
