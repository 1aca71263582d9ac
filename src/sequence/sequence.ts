/** What passes from layer to layer: a padded batch and its mask. */
export interface Sequence {
  /** B */
  readonly rows: number;
  /** T, or 1 behind a layer that does not return a sequence. */
  readonly steps: number;
  /** F */
  readonly features: number;
  /** (B, T, F); behind a bidirectional layer that merges `none` the two directions' arrays, one after the other. */
  readonly data: Float32Array;
  /** (B, T), 1 where a step is valid; null when every step is. */
  readonly mask: Uint8Array | null;
}

/**
 * Memory that a layer writes its output to, again in every run: gives room for so many numbers, with anything in it.
 */
export type Store<Data = Float32Array> = (size: number) => Data;

/** An empty store of arrays of a kind. */
export function createStore<Data extends { readonly length: number } = Float32Array>(
  List = Float32Array as unknown as new (
    size: number,
  ) => Data,
): Store<Data> {
  let data = new List(0);
  return (size) => {
    if (data.length !== size) data = new List(size);
    return data;
  };
}

/** (A, B, F) → (B, A, F), from an offset that both share: batch-major to time-major, or back. */
export function turnAxes<Data extends Float32Array | Int32Array>(
  from: Data,
  to: Data,
  offset: number,
  outer: number,
  inner: number,
  features: number,
): void {
  let source = offset;
  for (let a = 0; a < outer; a++) {
    for (let b = 0; b < inner; b++) {
      let target = offset + (b * outer + a) * features;
      for (let i = 0; i < features; i++) to[target++] = from[source++];
    }
  }
}
