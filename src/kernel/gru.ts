import type { GruLayer } from "../layers/layer.ts";
import { paddingRule } from "../sequence/padding.ts";
import { makeDirection } from "./direction.ts";
import type { OperationFactory } from "./operation.ts";

/** A GRU layer in the kernel. */
export const gruOperation: OperationFactory<GruLayer> = (layer, build, previous) => {
  const { units, returnSequences, goBackwards } = layer;
  const { run, step } = makeDirection(layer, build, previous, paddingRule, goBackwards);

  return {
    run(input, batch, results, store) {
      const outputs = store.take(input.rows * (returnSequences ? input.steps : 1) * units);
      return run(input, batch, results, outputs, 0, units);
    },

    step,
  };
};
