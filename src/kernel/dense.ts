import type { DenseLayer } from "../layers/layer.ts";
import { Store } from "../sequence/sequence.ts";
import { lookUpFrame } from "./embedding.ts";
import { placeBias, placeMatrix } from "./matrix.ts";
import { padded } from "./memory.ts";
import { advance, type OperationFactory } from "./operation.ts";
import { featuresOf } from "./sequence.ts";

/** A dense layer in the kernel, on every step, padding included. */
export const denseOperation: OperationFactory<DenseLayer> = (layer, build) => {
  const { memory, scratch } = build;
  const { inputs, units, bias, activation } = layer;
  const { code, alpha, beta } = activation === "softmax" ? { code: -1, alpha: 0, beta: 0 } : activation;
  const outputs = new Store();
  const features = new Store();
  /** Op */
  const stride = padded(units);
  const matrix = placeMatrix(build, layer.kernel, units, 0, 1, units);
  const biasAt = placeBias(build, bias, 1);
  const apply = (x: number, xStride: number, rows: number, y: number): void =>
    memory.exports.dense(x, xStride, rows, matrix, inputs, units, biasAt, y, code, alpha, beta);
  build.embedding = null;

  return {
    run(input, _context, target) {
      const source = featuresOf(input, features);
      const cells = input.rows * input.steps;
      const data = target ?? outputs.take(cells * units);
      const fit = Math.floor(scratch.capacity / Math.max(inputs, stride));
      for (let first = 0; first < cells; first += fit) {
        const n = Math.min(fit, cells - first);
        memory.write(scratch.x, source, first * inputs, n * inputs);
        apply(scratch.x, 4 * inputs, n, scratch.y);
        memory.readRows(scratch.y, stride, data, first * units, units, n);
      }
      return { ...input, features: units, data, embedding: null };
    },

    step(frame) {
      lookUpFrame(memory, frame);
      apply(frame.address, frame.stride, frame.rows, frame.spare);
      advance(frame, units, 4 * stride);
    },
  };
};
