import type { EmbeddingLayer, GruLayer, QuantizedMatrix, QuantizedTable } from "../layers/layer.ts";
import { inverseFactor } from "./inverse-factor.ts";
import { damped } from "./moments.ts";
import { quantizeMatrix } from "./quantize-matrix.ts";

/**
 * An embedding → int8, a scale a row; with the GRUs that read it, so that products of the two are as right as can be. No
 * data is needed for that: whatever the kernels will be multiplied by stands in the table.
 *
 * @param readers GRUs whose inputs are its rows, none where something else comes behind it
 */
export function quantizeTable(layer: EmbeddingLayer, readers: readonly GruLayer[]): EmbeddingLayer {
  const { vocabulary, features, weights } = layer;
  const across = transpose(weights, vocabulary, features);
  const products = readers.length > 0 ? kernelProducts(readers, features) : null;
  const { values, scales, error } = quantizeMatrix(across, features, vocabulary, products);
  const int8 = new Int8Table(transpose(values, features, vocabulary), scales, error);
  return Object.freeze<EmbeddingLayer>({ ...layer, weights: dequantizeTable(int8, features), int8 });
}

/** What an int8 table stands for: (V, E). */
export function dequantizeTable(
  { values, scales }: Pick<QuantizedMatrix, "values" | "scales">,
  features: number,
): Float32Array {
  const weights = new Float32Array(values.length);
  for (let i = 0; i < weights.length; i++) weights[i] = values[i] * scales[Math.floor(i / features)];
  return weights;
}

/**
 * The kernel of a GRU that reads an int8 table T' in place of T: of T'·W' = T·W the solution next to W, rounded so that the
 * products stay.
 *
 * @param table (V, E) as it was
 * @param rounded (V, E) as it is now
 * @param kernel (E, N)
 */
export function quantizeKernelBehind(
  table: Float32Array,
  rounded: Float32Array,
  features: number,
  kernel: Float32Array,
): QuantizedMatrix {
  const columns = kernel.length / features;
  const products = crossProducts(rounded, rounded, features);
  const known = damped(products, features);
  if (!known) return quantizeMatrix(kernel, features, columns);
  // (T'ᵀ·T' + λ)·W' = (T'ᵀ·T + λ)·W, with (T'ᵀ·T' + λ)⁻¹ = Rᵀ·R.
  const cross = crossProducts(rounded, table, features);
  for (let i = 0; i < features; i++) cross[i * features + i] += known[i * features + i] - products[i * features + i];
  const factor = inverseFactor(known, features);
  const inverse = crossProducts(factor, factor, features);
  const target = multiply(inverse, multiply(cross, kernel, features), features);
  return quantizeMatrix(kernel, features, columns, products, target);
}

/** Σ W·Wᵀ over the kernels: what a row of the table is multiplied by. */
function kernelProducts(readers: readonly GruLayer[], features: number): Float64Array {
  const sum = new Float64Array(features * features);
  for (const { weights, units } of readers) {
    const across = transpose(weights.kernel, features, 3 * units);
    crossProducts(across, across, features).forEach((value, i) => {
      sum[i] += value;
    });
  }
  return sum;
}

/** aᵀ·b, both (rows, size). */
function crossProducts(a: ArrayLike<number>, b: ArrayLike<number>, size: number): Float64Array {
  const sum = new Float64Array(size * size);
  for (let row = 0; row < a.length; row += size) {
    for (let i = 0; i < size; i++) {
      const value = a[row + i];
      if (value !== 0) for (let j = 0; j < size; j++) sum[i * size + j] += value * b[row + j];
    }
  }
  return sum;
}

/** a·b, a (size, size) and b (size, columns). */
function multiply(a: ArrayLike<number>, b: ArrayLike<number>, size: number): Float64Array {
  const columns = b.length / size;
  const product = new Float64Array(b.length);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const value = a[i * size + k];
      for (let c = 0; c < columns; c++) product[i * columns + c] += value * b[k * columns + c];
    }
  }
  return product;
}

/** (rows, columns) → (columns, rows) */
function transpose<T extends Float32Array | Int8Array>(data: T, rows: number, columns: number): T {
  const across = data.slice() as T;
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) across[c * rows + r] = data[r * columns + c];
  return across;
}

/** A table that a summary does not count a second time. */
export class Int8Table implements QuantizedTable {
  readonly kind = "int8";
  readonly per = "row";
  readonly #matrix: QuantizedMatrix;

  constructor(values: Int8Array, scales: Float32Array, error: QuantizedMatrix["error"]) {
    this.#matrix = { values, scales, error };
  }

  get values(): Int8Array {
    return this.#matrix.values;
  }

  get scales(): Float32Array {
    return this.#matrix.scales;
  }

  get error(): QuantizedMatrix["error"] {
    return this.#matrix.error;
  }

  /** The weights beside it say all: a model's fingerprint is that of its numbers. */
  toJSON(): undefined {
    return undefined;
  }
}
