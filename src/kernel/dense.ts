import type { Activation } from "../activation.ts";
import type { DenseLayer } from "../layers/layer.ts";
import { feedRows, placeBias, placeMatrix } from "./matrix.ts";
import { copyRows, padded } from "./memory.ts";
import type { OperationFactory } from "./operation.ts";

/** A dense layer in the kernel, on every step, padding included. */
export const denseOperation: OperationFactory<DenseLayer> = (layer, build) => {
  const { inputs, units, bias, activation } = layer;
  const { code = -1, alpha = 0, beta = 0 }: Partial<Activation> = activation === "softmax" ? {} : activation;
  const matrix = placeMatrix(build, layer.kernel, units, 0, 1, units);
  const biasAt = placeBias(build, bias, 1, units);
  const apply = (x: number, xStride: number, rows: number, y: number): void =>
    build.exports.dense(x, xStride, rows, matrix, inputs, units, biasAt, y, code, alpha, beta);

  return {
    run(input, _batch, _results, store) {
      const data = store((input.data.length / inputs) * units);
      feedRows(build, input.data, inputs, padded(Math.max(inputs, units)), (first, count) => {
        apply(build.x, inputs, count, build.y);
        copyRows(data, first * units, units, build.f32, build.y, padded(units), units, count);
      });
      return { ...input, features: units, data };
    },

    step({ rows }, x, y) {
      apply(x, padded(inputs), rows, y);
      return units;
    },
  };
};
