/** What the entry `congruent/int8` has under every export condition. */
export * from "../api.ts";
export { bidirectional, dense, dropout, embedding, gru, masking } from "../kernel/layers.ts";
export type { Precision, QuantizedGru, QuantizedMatrix } from "../layers/layer.ts";
export type { CalibrationSample } from "./calibrate.ts";
export type { QuantizeOptions } from "./quantize.ts";
