/**
 * Layers beside those of the other entries, for models of every entry: what stands around a GRU in files.
 *
 * @module
 */
import { computedOperation } from "../kernel/computed.ts";
import { withOperation } from "../kernel/operation.ts";
import { type ActivationOptions, activation as describeActivation } from "./activation.ts";
import {
  type BatchNormalizationOptions,
  batchNormalization as describeBatchNormalization,
} from "./batch-normalization.ts";
import type {
  ActivationLayer,
  BatchNormalizationLayer,
  LayerNormalizationLayer,
  PoolingLayer,
  RepeatVectorLayer,
} from "./layer.ts";
import {
  layerNormalization as describeLayerNormalization,
  type LayerNormalizationOptions,
} from "./layer-normalization.ts";
import {
  globalAveragePooling1D as describeAveragePooling,
  globalMaxPooling1D as describeMaxPooling,
  type PoolingOptions,
} from "./pooling.ts";
import { repeatVector as describeRepeatVector, type RepeatVectorOptions } from "./repeat-vector.ts";

export type {
  ActivationLayer,
  ActivationOptions,
  BatchNormalizationLayer,
  BatchNormalizationOptions,
  LayerNormalizationLayer,
  LayerNormalizationOptions,
  PoolingLayer,
  PoolingOptions,
  RepeatVectorLayer,
  RepeatVectorOptions,
};

/**
 * A function of every number, or softmax over the features of every step; padded steps too (as in Keras).
 *
 * @throws CongruentError `option`
 * @example activation({ activation: "relu" })
 */
export function activation(options: ActivationOptions): ActivationLayer {
  return withOperation(describeActivation(options), computedOperation);
}

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta at every step, padded ones too: batch normalization at inference.
 *
 * @throws CongruentError `option` or `weights`
 * @example batchNormalization({ mean: [0.5, 1], variance: [1, 4] })
 */
export function batchNormalization(options: BatchNormalizationOptions): BatchNormalizationLayer {
  return withOperation(describeBatchNormalization(options), computedOperation);
}

/**
 * gamma · (x - mean) / √(variance + epsilon) + beta, with mean and variance over the features of every step, padded ones
 * too.
 *
 * @throws CongruentError `option` or `weights`
 * @example layerNormalization({ inputs: 2, gamma: [1, 2], beta: [0, 1] })
 */
export function layerNormalization(options: LayerNormalizationOptions): LayerNormalizationLayer {
  return withOperation(describeLayerNormalization(options), computedOperation);
}

/**
 * The mean of each feature over the valid steps; NaN for a row that has none, as in Keras. A model with it cannot stream.
 *
 * @throws CongruentError `option`
 * @example globalAveragePooling1D()
 */
export function globalAveragePooling1D(options: PoolingOptions = {}): PoolingLayer {
  return withOperation(describeAveragePooling(options), computedOperation);
}

/**
 * The largest value of each feature over all steps, padded ones too, as in Keras. A model with it cannot stream.
 *
 * @throws CongruentError `option`
 * @example globalMaxPooling1D()
 */
export function globalMaxPooling1D(options: PoolingOptions = {}): PoolingLayer {
  return withOperation(describeMaxPooling(options), computedOperation);
}

/**
 * One output → a sequence of n steps that all hold it, without a mask. A model with it cannot stream.
 *
 * @throws CongruentError `option`
 * @example repeatVector({ n: 10 })
 */
export function repeatVector(options: RepeatVectorOptions): RepeatVectorLayer {
  return withOperation(describeRepeatVector(options), computedOperation);
}
