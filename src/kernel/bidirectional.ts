import { type BidirectionalLayer, directionsOf } from "../layers/layer.ts";
import { bidirectionalPaddingRule } from "../sequence/padding.ts";
import { Store } from "../sequence/sequence.ts";
import { addDirection } from "./gru.ts";
import { copy } from "./memory.ts";
import type { OperationFactory } from "./operation.ts";

const F = Math.fround;

/** Two directions over one sequence, and their merge. */
export const bidirectionalOperation: OperationFactory<BidirectionalLayer> = (layer, build) => {
  const { mergeMode } = layer;
  const store = new Store();
  const directions = directionsOf(layer).map((gru) => ({ gru, run: addDirection(gru, build) }));
  build.embedding = null;

  return {
    run(input, context, target) {
      const [forward, backward] = directions.map(({ gru, run }) =>
        run(input, context, null, bidirectionalPaddingRule(gru, context.batch.semantics), false),
      );
      const a = forward.data as Float32Array;
      const b = backward.data as Float32Array;
      const both = mergeMode === "concat" || mergeMode === "none";
      const data = target ?? store.take(a.length + (both ? b.length : 0));
      if (mergeMode === "concat") {
        const [f, g] = [forward.features, backward.features];
        for (let i = 0, at = 0; at < data.length; i++, at += f + g) {
          copy(data, at, a, i * f, f);
          copy(data, at + f, b, i * g, g);
        }
        return { ...forward, data, features: f + g };
      }
      if (mergeMode === "none") {
        copy(data, 0, a, 0, a.length);
        copy(data, a.length, b, 0, b.length);
      } else {
        for (let i = 0; i < a.length; i++) {
          data[i] = mergeMode === "sum" ? a[i] + b[i] : mergeMode === "mul" ? a[i] * b[i] : F(a[i] + b[i]) * 0.5;
        }
      }
      return { ...forward, data };
    },
  };
};
