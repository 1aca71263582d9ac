import type { EmbeddingLayer } from "../layers/layer.ts";
import { copy } from "./memory.ts";

/** A padded tensor between layers: (B, T, F) numbers; or (B, T) ids of an embedding's rows, which nobody has looked up. */
export interface Sequence {
  /** B */
  readonly rows: number;
  /** T; 1 where there is no time axis */
  readonly steps: number;
  /** F */
  readonly features: number;
  readonly data: Float32Array | Int32Array;
  /** What the data are ids of: its rows, and behind the last one a row of zeros; null where they are features */
  readonly embedding: EmbeddingLayer | null;
  /** (B, T) 1 where valid; null where all are */
  readonly mask: Uint8Array | null;
}

/** Memory that a layer writes its output to, again in every run. */
export class Store {
  private data = new Float32Array(0);

  /** Room for so many floats, with anything in it. */
  take(size: number): Float32Array {
    if (this.data.length !== size) this.data = new Float32Array(size);
    return this.data;
  }
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
export function featuresOf(sequence: Sequence, store: Store): Float32Array {
  const { rows, steps, features, data, embedding } = sequence;
  if (embedding === null) return data as Float32Array;
  const target = store.take(rows * steps * features);
  lookUp(embedding, data as Int32Array, 0, rows * steps, target, 0);
  return target;
}
