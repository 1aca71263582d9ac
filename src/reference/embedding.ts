import type { EmbeddingLayer } from "../layers/layer.ts";
import type { Sequence } from "../sequence/sequence.ts";
import type { Rules } from "./rules.ts";

/**
 * Each token id becomes its row of the table. With `maskZero`, id 0 is a step that is not valid; it is looked up all
 * the same.
 *
 * @param ids (B, T), each in 0..V-1
 * @param mask (B, T) given with the batch, or null
 * @returns (B, T, E)
 */
export function embedding(
  layer: EmbeddingLayer,
  rows: number,
  steps: number,
  ids: ArrayLike<number>,
  mask: Uint8Array | null,
  rules: Rules,
): Sequence {
  const { features, weights } = layer;
  const makesMask = layer.maskZero && rules.useMasks && !rules.explicitMask;
  const data = new Float32Array(rows * steps * features);
  const own = makesMask ? new Uint8Array(rows * steps) : null;
  for (let i = 0; i < rows * steps; i++) {
    const id = ids[i];
    for (let k = 0; k < features; k++) data[i * features + k] = weights[id * features + k];
    if (own !== null && id !== 0) own[i] = 1;
  }
  return { rows, steps, features, data, mask: own ?? mask };
}
