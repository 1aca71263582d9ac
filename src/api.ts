/** What every entry has beside its own `createModel`: the layers, the names of the options, the one error. */
export type { ActivationName, ActivationOption } from "./activation.ts";
export { CongruentError, type CongruentErrorCode } from "./errors.ts";
export { type BidirectionalOptions, bidirectional } from "./layers/bidirectional.ts";
export { type DenseOptions, dense } from "./layers/dense.ts";
export { type DropoutOptions, dropout } from "./layers/dropout.ts";
export { type EmbeddingOptions, embedding } from "./layers/embedding.ts";
export { type GruOptions, gru } from "./layers/gru.ts";
export type {
  BidirectionalLayer,
  DenseLayer,
  DropoutLayer,
  EmbeddingLayer,
  GruLayer,
  GruWeights,
  Layer,
  MaskingLayer,
  MergeMode,
} from "./layers/layer.ts";
export { type MaskingOptions, masking } from "./layers/masking.ts";
export type { Input, RunOptions } from "./model/input.ts";
export type { Model, RunResult } from "./model/model.ts";
export type { InitialState } from "./model/state.ts";
export type { Frame, StepValidity, Stream, StreamOptions } from "./model/stream.ts";
export type { SemanticsOption } from "./sequence/resolve.ts";
export { type Preset, presets, type Semantics } from "./sequence/semantics.ts";
export type { Lengths, Mask } from "./sequence/validity.ts";
export type { MaskTensor, Tensor, TensorLike } from "./tensor.ts";
export { onWarning, type WarningHandler } from "./warning.ts";
