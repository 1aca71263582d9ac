/** What every entry has beside its own `createModel` and layers: the names of the options, the one error. */
export type { ActivationName, ActivationOption } from "./activation.ts";
export { CongruentError, type CongruentErrorCode } from "./errors.ts";
export type { LoadedModel } from "./format/load.ts";
export type { ModelSource } from "./format/model-file.ts";
export type { ModelFileSource } from "./format/source.ts";
export type { Verification } from "./format/verify.ts";
export type { BidirectionalOptions } from "./layers/bidirectional.ts";
export type { DenseOptions } from "./layers/dense.ts";
export type { DropoutOptions } from "./layers/dropout.ts";
export type { EmbeddingOptions } from "./layers/embedding.ts";
export type { GruOptions } from "./layers/gru.ts";
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
export type { MaskingOptions } from "./layers/masking.ts";
export type { Input, RunOptions } from "./model/input.ts";
export type { Model, ModelOptions, RunResult } from "./model/model.ts";
export type { InitialState } from "./model/state.ts";
export type { Frame, StepValidity, Stream, StreamOptions } from "./model/stream.ts";
export type { SemanticsOption } from "./sequence/resolve.ts";
export { type Preset, presets, type Semantics } from "./sequence/semantics.ts";
export type { Lengths, Mask } from "./sequence/validity.ts";
export type { MaskTensor, Tensor, TensorLike } from "./tensor.ts";
export { onWarning, type WarningHandler } from "./warning.ts";
