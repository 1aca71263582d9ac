import { expected, show } from "../errors.ts";
import { readOption } from "../options.ts";

/**
 * Refuses a `useBias` that denies the bias that there is, or promises one that there is not.
 * @throws CongruentError `option` or `weights`
 */
export function checkBias(
  useBias: unknown,
  where: string,
  { bias, recurrentBias }: { readonly bias: unknown; readonly recurrentBias?: unknown },
): void {
  const given = (bias ?? recurrentBias) != null;
  if (readOption(useBias, given, where) !== given) {
    throw expected("weights", where, "true with a bias, false without", show(useBias));
  }
}
