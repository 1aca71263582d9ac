/**
 * Weights of other frameworks → the options of `gru` and `bidirectional`.
 *
 * @module
 */
export { CongruentError, type CongruentErrorCode } from "../errors.ts";
export { type Sample, type WriteOptions, writeModel } from "../format/write.ts";
export type { GateOrder } from "./gates.ts";
export { fromOnnx, type OnnxGru } from "./onnx/gru.ts";
export { fromPyTorch, fromPyTorchModule, type PyTorchGru, type PyTorchModuleOptions } from "./pytorch.ts";
export { fromTf1GruCell, type Tf1GruCell } from "./tf1/cell.ts";
export { fromWebnn, type WebnnActivation, type WebnnGru } from "./webnn.ts";
