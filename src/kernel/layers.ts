/**
 * The layers of `congruent` and `congruent/core`: those of src/layers, each with its operation in the kernel. A bundler
 * drops the operations of the layers that are not imported.
 */
import { type BidirectionalOptions, bidirectional as describeBidirectional } from "../layers/bidirectional.ts";
import { type DenseOptions, dense as describeDense } from "../layers/dense.ts";
import { embedding as describeEmbedding, type EmbeddingOptions } from "../layers/embedding.ts";
import { gru as describeGru, type GruOptions } from "../layers/gru.ts";
import type { BidirectionalLayer, DenseLayer, EmbeddingLayer, GruLayer, Layer, MaskingLayer } from "../layers/layer.ts";
import { masking as describeMasking, type MaskingOptions } from "../layers/masking.ts";
import { bidirectionalOperation } from "./bidirectional.ts";
import { computedOperation } from "./computed.ts";
import { denseOperation } from "./dense.ts";
import { embeddingOperation } from "./embedding.ts";
import { gruOperation } from "./gru.ts";
import { maskingOperation } from "./masking.ts";
import { type OperationFactory, withOperation } from "./operation.ts";

/** Dropout has no operation, so it is the same everywhere. */
export { dropout } from "../layers/dropout.ts";

/**
 * Token ids → rows of a table. Only the first layer of a stack can be one.
 *
 * @returns a frozen layer with its own copy of the weights
 * @throws CongruentError `option` or `weights`
 * @example embedding({ weights: [[0, 0], [0.1, 0.2]], maskZero: true })
 */
export function embedding(options: EmbeddingOptions): EmbeddingLayer {
  return withOperation(describeEmbedding(options), embeddingOperation);
}

/**
 * Masks the steps whose features all equal one value, and writes 0 over them, as Keras's `Masking` does.
 *
 * @throws CongruentError `option`
 * @example masking({ maskValue: -1 })
 */
export function masking(options?: MaskingOptions): MaskingLayer {
  return withOperation(describeMasking(options), maskingOperation);
}

/**
 * A gated recurrent unit over time.
 *
 * @returns a frozen layer with its own copies of the weights, which need not be finite
 * @throws CongruentError `option` or `weights`
 * @example gru({ units: 1, kernel: [[1, 1, 1]], recurrentKernel: [[0, 0, 0]], returnSequences: true })
 */
export function gru(options: GruOptions): GruLayer {
  return withOperation(describeGru(options), gruOperation);
}

/**
 * Two GRUs over the same input, one from each end.
 *
 * @throws CongruentError `option` or `weights` as {@link gru} does; `model` when the two do not fit together
 * @example bidirectional({
 *   forward: { units: 1, kernel: [[1, 1, 1]], recurrentKernel: [[0, 0, 0]], returnSequences: true },
 *   backward: { kernel: [[2, 2, 2]], recurrentKernel: [[0, 0, 0]] },
 *   mergeMode: "sum",
 * })
 */
export function bidirectional(options: BidirectionalOptions): BidirectionalLayer {
  return withOperation(describeBidirectional(options), bidirectionalOperation);
}

/**
 * activation(x · kernel + bias), at every step, padded ones too (as in Keras).
 *
 * @returns a frozen layer with its own copies of the weights, which need not be finite
 * @throws CongruentError `option` or `weights`
 * @example dense({ units: 2, kernel: [[1, 0], [0, 1], [1, 1]], bias: [0, 0.5], activation: "softmax" })
 */
export function dense(options: DenseOptions): DenseLayer {
  return withOperation(describeDense(options), denseOperation);
}

/** Dropout has none. */
const operations: { readonly [Kind in Layer["kind"]]?: OperationFactory<never> } = {
  embedding: embeddingOperation,
  masking: maskingOperation,
  gru: gruOperation,
  bidirectional: bidirectionalOperation,
  dense: denseOperation,
  activation: computedOperation,
  batchNormalization: computedOperation,
  layerNormalization: computedOperation,
  globalAveragePooling1D: computedOperation,
  globalMaxPooling1D: computedOperation,
  repeatVector: computedOperation,
};

/**
 * Layers that were described without their operations (by src/layers, out of a file) → layers that every entry takes.
 */
export function withOperations(layers: readonly Layer[]): Layer[] {
  return layers.map((layer) => {
    const operation = operations[layer.kind] as OperationFactory<Layer> | undefined;
    return operation ? withOperation(layer, operation) : layer;
  });
}
