import type { BidirectionalLayer } from "../layers/layer.ts";
import { bidirectionalPaddingRule } from "../sequence/padding.ts";
import { Store } from "../sequence/sequence.ts";
import { makeDirection } from "./direction.ts";
import type { OperationFactory } from "./operation.ts";

const F = Math.fround;

/** Two directions over one sequence, and their merge. */
export const bidirectionalOperation: OperationFactory<BidirectionalLayer> = (layer, build, previous) => {
  const { mergeMode, forward, backward } = layer;
  const concat = mergeMode === "concat";
  const both = concat || mergeMode === "none";
  const backwards = new Store();
  const [run, runBackwards] = [forward, backward].map(
    (gru) => makeDirection(gru, build, previous, bidirectionalPaddingRule, false).run,
  );

  return {
    run(input, batch, results, store) {
      const cells = input.rows * (forward.returnSequences ? input.steps : 1);
      const [f, g] = [forward.units, backward.units];
      const features = both ? f + g : f;
      const a = store.take(cells * features);
      const b = both ? a : backwards.take(a.length);
      const after = run(input, batch, results, a, 0, concat ? features : f);
      runBackwards(input, batch, results, b, concat ? f : both ? cells * f : 0, concat ? features : g);
      for (let i = 0; !both && i < a.length; i++) {
        a[i] = mergeMode === "sum" ? a[i] + b[i] : mergeMode === "mul" ? a[i] * b[i] : F(a[i] + b[i]) * 0.5;
      }
      return { ...after, features };
    },
  };
};
