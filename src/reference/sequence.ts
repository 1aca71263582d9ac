import type { Semantics } from "../sequence/semantics.ts";

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

/** What the layers of one run have to agree on. */
export interface Rules {
  readonly semantics: Semantics;
  /** false: layers make no masks, and masking layers do nothing. */
  readonly useMasks: boolean;
  /** Whether lengths or a mask were given with the batch: they replace the masks that layers would make. */
  readonly explicitMask: boolean;
}
