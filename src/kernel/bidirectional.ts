import type { BidirectionalLayer } from "../layers/layer.ts";
import { bidirectionalPaddingRule } from "../sequence/padding.ts";
import { createStore } from "../sequence/sequence.ts";
import { makeDirection } from "./direction.ts";
import type { OperationFactory } from "./operation.ts";

const F = Math.fround;

/** Two directions over one sequence, and their merge. */
export const bidirectionalOperation: OperationFactory<BidirectionalLayer> = (layer, build, previous) => {
  const { mergeMode, forward, backward } = layer;
  const concat = mergeMode === "concat";
  const both = concat || mergeMode === "none";
  const [f, g] = [forward.units, backward.units];
  const features = both ? f + g : f;
  const backwards = createStore();
  const [run, runBackwards] = [forward, backward].map(
    (gru) => makeDirection(gru, build, previous, bidirectionalPaddingRule, false).run,
  );

  return {
    run(input, batch, results, store) {
      const outputs = run(input, batch, results, store, features, 0, concat ? features : f);
      const a = outputs.data;
      // Both in one array, cell by cell or one after the other; or what is to be merged, in one of its own.
      const target = both ? () => a : backwards;
      const offset = concat ? f : both ? (a.length / features) * f : 0;
      const b = runBackwards(input, batch, results, target, features, offset, concat ? features : g).data;
      for (let i = 0; !both && i < a.length; i++) {
        a[i] = mergeMode === "sum" ? a[i] + b[i] : mergeMode === "mul" ? a[i] * b[i] : F(a[i] + b[i]) * 0.5;
      }
      return outputs;
    },
  };
};
