/**
 * Models and weights of other frameworks → model files, layers, and the options of `gru` and `bidirectional`.
 *
 * @module
 */

export { CongruentError, type CongruentErrorCode } from "../errors.ts";
export { type Sample, type WriteOptions, writeModel } from "../format/write.ts";
export type { CalibrationSample } from "../int8/calibrate.ts";
export type { QuantizeOptions } from "../int8/quantize.ts";
export { type Converted, type ConvertOptions, convert } from "./convert.ts";
export { detect, type Format } from "./detect.ts";
export type { ForeignFile, ForeignModel, Part } from "./foreign.ts";
export type { GateOrder } from "./gates.ts";
export { type InspectedPart, type Inspection, inspect } from "./inspect.ts";
export { type LoadOptions, readForeign } from "./load.ts";
export { fromOnnx, type OnnxGru } from "./onnx/gru.ts";
export { fromPyTorch, fromPyTorchModule, type PyTorchGru, type PyTorchModuleOptions } from "./pytorch.ts";
export { type Selection, selectLayers } from "./select.ts";
export { fromTf1GruCell, type Tf1GruCell } from "./tf1/cell.ts";
export { fromWebnn, type WebnnActivation, type WebnnGru } from "./webnn.ts";
