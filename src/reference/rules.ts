import type { Semantics } from "../sequence/semantics.ts";

/** What the layers of one run have to agree on. */
export interface Rules {
  readonly semantics: Semantics;
  /** false: layers make no masks, and masking layers do nothing. */
  readonly useMasks: boolean;
  /** Whether lengths or a mask were given with the batch: they replace the masks that layers would make. */
  readonly explicitMask: boolean;
}
