import type { MaskingLayer } from "../layers/layer.ts";
import type { Sequence } from "../sequence/sequence.ts";
import type { Rules } from "./rules.ts";

/**
 * A step whose features all equal the mask value (as f32; -0 equals 0, NaN nothing) is not valid, and 0 is written over
 * it. The mask that this makes replaces the one from before.
 *
 * With lengths or a mask given explicitly only the zeros remain of this: `dynamic_rnn` behind a Masking layer knows
 * nothing of masks and reads zeros. Without masks at all the layer does nothing.
 */
export function masking(layer: MaskingLayer, input: Sequence, rules: Rules): Sequence {
  if (!rules.useMasks) return input;
  const { rows, steps, features } = input;
  const maskValue = Math.fround(layer.maskValue);
  const data = input.data.slice();
  const own = new Uint8Array(rows * steps);
  for (let i = 0; i < rows * steps; i++) {
    const step = data.subarray(i * features, (i + 1) * features);
    if (step.every((value) => value === maskValue)) step.fill(0);
    else own[i] = 1;
  }
  return { ...input, data, mask: rules.explicitMask ? input.mask : own };
}
