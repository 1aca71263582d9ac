import { checkOption, readOption, readOptions } from "../options.ts";
import { makeLayer } from "./computation.ts";
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
  return makeLayer<DropoutLayer>({ kind: "dropout", ...readOptions(options, "dropout", { rate: checkRate }) });
}

function checkRate(value: unknown, where: string): void {
  const rate = readOption(value, 0, where);
  checkOption(rate >= 0 && rate < 1, where, "a number in [0, 1)", value);
}
