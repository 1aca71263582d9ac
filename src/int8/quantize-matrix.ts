import type { QuantizedMatrix } from "../layers/layer.ts";

/**
 * A matrix → int8, rounded to nearest. The scale of a column is its largest magnitude / 127; where all numbers of the
 * column are multiples of one power of two, and few enough of them, it is that power, and nothing is lost.
 *
 * @param data (rows, columns), row-major, finite
 */
export function quantizeMatrix(data: Float32Array, rows: number, columns: number): QuantizedMatrix {
  const values = new Int8Array(rows * columns);
  const scales = new Float32Array(columns);
  for (let c = 0; c < columns; c++) {
    let largest = 0;
    for (let i = c; i < data.length; i += columns) largest = Math.max(largest, Math.abs(data[i]));
    const scale = Math.fround(gridOf(data, c, columns, largest) ?? largest / 127);
    scales[c] = scale;
    if (scale === 0) continue;
    for (let i = c; i < data.length; i += columns) {
      values[i] = Math.max(-127, Math.min(127, Math.round(data[i] / scale)));
    }
  }
  return { values, scales };
}

/** The largest power of two of which a column has multiples up to 127 alone; null for none. */
function gridOf(data: Float32Array, first: number, columns: number, largest: number): number | null {
  if (largest === 0) return null;
  let grid = 2 ** Math.floor(Math.log2(largest));
  for (let i = first; i < data.length; i += columns) {
    while (data[i] % grid !== 0) {
      grid /= 2;
      if (largest > 127 * grid) return null;
    }
  }
  return grid;
}

/** What int8 numbers stand for: value · scale, rounded to f32. */
export function dequantize({ values, scales }: QuantizedMatrix, columns: number): Float32Array {
  const weights = new Float32Array(values.length);
  for (let i = 0; i < weights.length; i++) weights[i] = values[i] * scales[i % columns];
  return weights;
}
