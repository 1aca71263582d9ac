import { type Computation, computationOf } from "../layers/computation.ts";
import type { Layer } from "../layers/layer.ts";
import { Store } from "../sequence/sequence.ts";
import { lookUpFrame } from "./embedding.ts";
import { advance, type OperationFactory } from "./operation.ts";
import { ROWS } from "./scratch.ts";
import { featuresOf } from "./sequence.ts";

/** The operation of every layer that brings its own computation: WebAssembly has no part in it. */
export const computedOperation: OperationFactory<Layer> = (layer, build) => {
  const { memory } = build;
  const computation = computationOf(layer) as Computation<Layer>;
  const outputs = new Store();
  const inputs = new Store();
  /** Of a stream's step: (ROWS, I) and (ROWS, F) */
  const before = new Store();
  const after = new Store();
  /** F; 0 before the first step of a stream */
  let units = 0;
  build.embedding = null;

  return {
    run(input) {
      const data = featuresOf(input, inputs);
      return { ...computation.run(layer, { ...input, data }, outputs), embedding: null };
    },

    step(frame) {
      lookUpFrame(memory, frame);
      const { address, stride, rows, features, spare } = frame;
      units ||= computation.shape(layer, { features, backwardFeatures: 0, sequence: true }, "").features;
      const x = before.take(ROWS * features);
      const y = after.take(ROWS * units);
      memory.readRows(address, stride >> 2, x, 0, features, rows);
      computation.step?.(layer, x, y, rows, features);
      memory.write(spare, y, 0, rows * units);
      advance(frame, units, 4 * units);
    },
  };
};
