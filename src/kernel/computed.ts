import { type Computation, computationOf } from "../layers/computation.ts";
import type { Layer } from "../layers/layer.ts";
import { createStore } from "../sequence/sequence.ts";
import { copyRows, padded } from "./memory.ts";
import type { OperationFactory } from "./operation.ts";
import { ROWS } from "./scratch.ts";

/** The operation of every layer that brings its own computation: WebAssembly has no part in it. */
export const computedOperation: OperationFactory<Layer> = (layer, build) => {
  const computation = computationOf(layer) as Computation<Layer>;
  /** Of a stream's step: (ROWS, I) and (ROWS, F) */
  const before = createStore();
  const after = createStore();
  /** F; 0 before the first step of a stream */
  let units = 0;

  return {
    run: (input, _batch, _results, store) => computation.run(layer, input, store),

    step({ rows }, from, to, features) {
      units ||= computation.shape(layer, { features, backwardFeatures: 0, sequence: true }, "").features;
      const x = before(ROWS * features);
      const y = after(ROWS * units);
      copyRows(x, 0, features, build.f32, from, padded(features), features, rows);
      computation.step?.(layer, x, y, rows, features);
      copyRows(build.f32, to, padded(units), y, 0, units, units, rows);
      return units;
    },
  };
};
