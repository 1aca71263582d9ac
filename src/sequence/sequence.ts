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

/** Memory that a layer writes its output to, again in every run. */
export class Store {
  private data = new Float32Array(0);

  /** Room for so many floats, with anything in it. */
  take(size: number): Float32Array {
    if (this.data.length !== size) this.data = new Float32Array(size);
    return this.data;
  }
}
