import type { EmbeddingLayer } from "../layers/layer.ts";
import type { Sequence, Store } from "../sequence/sequence.ts";
import { copy } from "./memory.ts";

/** A sequence in the kernel: (B, T, F) numbers; or (B, T) ids of an embedding's rows, which nobody has looked up. */
export interface KernelSequence extends Omit<Sequence, "data"> {
  readonly data: Float32Array | Int32Array;
  /** What the data are ids of: its rows, and behind the last one a row of zeros; null where they are features */
  readonly embedding: EmbeddingLayer | null;
}

/**
 * Writes the features behind some ids.
 *
 * @param count ids, from index `from` of `ids`
 * @param target gets (count, E) from index `to`
 */
export function lookUp(
  { features, vocabulary, weights }: EmbeddingLayer,
  ids: Int32Array,
  from: number,
  count: number,
  target: Float32Array,
  to: number,
): void {
  for (let i = 0; i < count; i++, to += features) {
    const id = ids[from + i];
    if (id === vocabulary) target.fill(0, to, to + features);
    else copy(target, to, weights, id * features, features);
  }
}

/** A sequence's features, looked up where they are ids. */
export function featuresOf(sequence: KernelSequence, store: Store): Float32Array {
  const { rows, steps, features, data, embedding } = sequence;
  if (embedding === null) return data as Float32Array;
  const target = store.take(rows * steps * features);
  lookUp(embedding, data as Int32Array, 0, rows * steps, target, 0);
  return target;
}
