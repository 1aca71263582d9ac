import { expected, show } from "../errors.ts";
import { checkKeys, readName } from "../options.ts";
import type { DropoutLayer } from "./layer.ts";

/** What {@link dropout} takes. */
export interface DropoutOptions {
  /** From 0 up to, but not with, 1. It has no effect. */
  readonly rate?: number | undefined;
  readonly name?: string | undefined;
}

/**
 * Does nothing: dropout acts in training only. It is here so that a stack can be written down as it was trained.
 *
 * @throws CongruentError `option`
 */
export function dropout(options: DropoutOptions = {}): DropoutLayer {
  checkKeys(options, ["rate", "name"], "dropout");
  const { rate = 0 } = options;
  if (!(typeof rate === "number" && rate >= 0 && rate < 1)) {
    throw expected("option", "dropout.rate", "a number in [0, 1)", show(rate));
  }
  return Object.freeze<DropoutLayer>({ kind: "dropout", name: readName(options.name, "dropout") });
}
