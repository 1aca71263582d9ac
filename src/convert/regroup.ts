import { type Axis, axis } from "./chain.ts";

/**
 * The axes after a reshape: each of the new sizes is one axis as it was, some neighbours folded into one, an axis of 1, or
 * one of the parts of a folded axis.
 *
 * @param sizes a number, -1 for what is left, null for an axis whose size is not known, or the place of the axis whose
 *   size it has
 * @returns null where no such reading fits
 */
export function regroup(
  axes: readonly Axis[],
  sizes: readonly (number | null | { readonly same: number })[],
): Axis[] | null {
  // Folded axes may part again; axes of 1 may come and go.
  const from = axes.flatMap((one) => (one.folded.length > 0 ? one.folded : [one]));
  const whole = from.length === axes.length;
  const read = (source: number, target: number): Axis[] | null => {
    if (target === sizes.length) return from.slice(source).every(({ size }) => size === 1) ? [] : null;
    const wanted = sizes[target];
    if (wanted === 1 && from[source]?.size !== 1) {
      const rest = read(source, target + 1);
      if (rest) return [axis(null, 1), ...rest];
    }
    for (let count = 1; source + count <= from.length; count++) {
      const group = from.slice(source, source + count);
      if (wanted === null && count > 1) break;
      if (typeof wanted === "object" && wanted && (count > 1 || !whole || wanted.same !== source)) break;
      if (typeof wanted === "number" && !fits(group, wanted)) continue;
      const rest = read(source + count, target + 1);
      if (rest) return [fold(group), ...rest];
    }
    return null;
  };
  return axes.length <= 8 && sizes.length <= 8 ? read(0, 0) : null;
}

function fits(group: readonly Axis[], wanted: number): boolean {
  if (wanted === -1) return true;
  const known = group.every(({ size }) => size !== null);
  // A free size that the file writes down here: nothing contradicts it.
  if (!known) return group.length === 1;
  return group.reduce((product, { size }) => product * (size as number), 1) === wanted;
}

function fold(group: readonly Axis[]): Axis {
  const real = group.filter(({ size }) => size !== 1);
  if (real.length === 1) return real[0];
  if (real.length === 0) return group[0];
  const known = real.every(({ size }) => size !== null);
  return axis(null, known ? real.reduce((product, { size }) => product * (size as number), 1) : null, real);
}
