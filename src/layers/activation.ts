import { type ActivationOption, readActivation } from "../activation.ts";
import { checkOption, readOptions } from "../options.ts";
import { activateRow } from "../reference/dense.ts";
import { type Computation, makeLayer } from "./computation.ts";
import type { ActivationLayer } from "./layer.ts";

/** What {@link activation} takes. */
export interface ActivationOptions {
  /** Elementwise, or softmax over the features. */
  readonly activation: ActivationOption | "softmax";
  readonly name?: string | undefined;
}

/**
 * A function of every number, or softmax over the features of every step; padded steps too (as in Keras).
 *
 * @throws CongruentError `option`
 * @example activation({ activation: "relu" })
 */
export function activation(options: ActivationOptions): ActivationLayer {
  return makeLayer<ActivationLayer>(
    { kind: "activation", ...readOptions(options, "activation", { activation: readGiven }) },
    computation,
  );
}

function readGiven(option: ActivationOptions["activation"], where: string): ActivationLayer["activation"] {
  checkOption(option !== undefined, where, "an activation", option);
  return readActivation(option, where);
}

const computation: Computation<ActivationLayer> = {
  shape: (_, input) => input,
  run(layer, input, store) {
    const data = store(input.data.length);
    compute(layer, input.data, data, input.features);
    return { ...input, data };
  },
  step(layer, input, output, rows, features) {
    compute(layer, input, output, features, rows);
  },
};

/** @param input (rows, F) */
function compute(
  layer: ActivationLayer,
  input: Float32Array,
  output: Float32Array,
  features: number,
  rows = input.length / features,
): void {
  for (let i = 0; i < rows * features; i++) output[i] = input[i];
  for (let row = 0; row < rows; row++) activateRow(layer.activation, output, row * features, features);
}
