import { readOptions } from "../options.ts";
import { makeLayer } from "./computation.ts";
import type { MaskingLayer } from "./layer.ts";

/** What {@link masking} takes. */
export interface MaskingOptions {
  /** Compared as f32; -0 equals 0, and NaN in the data equals nothing. Default 0. */
  readonly maskValue?: number | undefined;
  readonly name?: string | undefined;
}

/**
 * Masks the steps whose features all equal one value, and writes 0 over them, as Keras's `Masking` does.
 *
 * @throws CongruentError `option`
 * @example masking({ maskValue: -1 })
 */
export function masking(options: MaskingOptions = {}): MaskingLayer {
  return makeLayer<MaskingLayer>({
    kind: "masking",
    ...readOptions(options, "masking", { maskValue: 0 }),
  });
}
