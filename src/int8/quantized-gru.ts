import { expected } from "../errors.ts";
import type { MatricesFactory } from "../kernel/matrix.ts";
import type { GruLayer, Precision, QuantizedGru, QuantizedMatrix } from "../layers/layer.ts";
import { quantizedProduct } from "../reference/int8.ts";
import type { Product } from "../reference/product.ts";
import { quantizedMatrices } from "./matrices.ts";
import { dequantize } from "./quantize-matrix.ts";

/** Rows of a matrix up to which the sums of whole numbers stay within 31 bits: 128 · 8191 · 2048 and 128 · 63 · 260,000. */
export const maxDepth: Readonly<Record<Precision, number>> = { 7: 260_000, 14: 2048 };

/**
 * A GRU whose products are made in int8, in every engine.
 *
 * @param layer its biases and options; its matrices are replaced
 * @param kernel (I, 3H)
 * @param recurrentKernel (H, 3H)
 * @param where what to call it in a message
 * @returns a frozen layer, whose `weights` are what the int8 numbers stand for
 * @throws CongruentError `weights`: matrices of another size, or more rows than the precision allows
 */
export function quantizedGru(
  layer: GruLayer,
  kernel: QuantizedMatrix,
  recurrentKernel: QuantizedMatrix,
  precision: Precision,
  where: string,
): GruLayer {
  const { inputs, units } = layer;
  const check = (name: string, { values, scales }: QuantizedMatrix, rows: number): void => {
    const place = `${where}.${name}`;
    if (values.length !== rows * 3 * units || scales.length !== 3 * units) {
      const wanted = `[${rows}, ${3 * units}] values with a scale a column`;
      throw expected("weights", place, wanted, `${values.length} values, ${scales.length} scales`);
    }
    if (rows > maxDepth[precision]) {
      throw expected("weights", place, `at most ${maxDepth[precision]} rows at precision ${precision}`, `${rows}`);
    }
  };
  check("kernel", kernel, inputs);
  check("recurrentKernel", recurrentKernel, units);
  return Object.freeze<GruLayer>({
    ...layer,
    weights: Object.freeze({
      ...layer.weights,
      kernel: dequantize(kernel, 3 * units),
      recurrentKernel: dequantize(recurrentKernel, 3 * units),
    }),
    int8: Object.freeze(new Int8Matrices(kernel, recurrentKernel, precision)),
  });
}

/**
 * Shows of itself only what is an option: a summary neither lists nor counts the matrices a second time, and a model's
 * fingerprint has the scales beside the weights.
 */
class Int8Matrices implements QuantizedGru {
  readonly kind = "int8";
  readonly #kernel: QuantizedMatrix;
  readonly #recurrentKernel: QuantizedMatrix;

  constructor(
    kernel: QuantizedMatrix,
    recurrentKernel: QuantizedMatrix,
    readonly precision: Precision,
  ) {
    this.#kernel = kernel;
    this.#recurrentKernel = recurrentKernel;
  }

  get kernel(): QuantizedMatrix {
    return this.#kernel;
  }

  get recurrentKernel(): QuantizedMatrix {
    return this.#recurrentKernel;
  }

  get multiply(): Product<QuantizedMatrix> {
    return (out, x, at, inputs, matrix, columns, bias, from, to) =>
      quantizedProduct(out, x, at, inputs, matrix, this.precision, columns, bias, from, to);
  }

  get matrices(): MatricesFactory {
    return quantizedMatrices;
  }

  toJSON(): object {
    const { precision, kernel, recurrentKernel } = this;
    return { precision, kernel: kernel.scales, recurrentKernel: recurrentKernel.scales };
  }
}
