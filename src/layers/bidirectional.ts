import { expected, show } from "../errors.ts";
import { checkChoice, checkOption, readOptions } from "../options.ts";
import { makeLayer } from "./computation.ts";
import { type GruOptions, makeGru } from "./gru.ts";
import type { BidirectionalLayer, GruLayer, MergeMode } from "./layer.ts";

/** What {@link bidirectional} takes. */
export interface BidirectionalOptions {
  /** The layer that goes from the first step to the last, or its options. */
  readonly forward: GruLayer | GruOptions;
  /**
   * The layer that goes from the last step to the first, or its options; options it does not give, its weights
   * excepted, are the forward layer's. Its outputs are put at input time.
   */
  readonly backward: GruLayer | Partial<GruOptions>;
  /** Default concat; null is none: both outputs, apart. */
  readonly mergeMode?: MergeMode | null | undefined;
  readonly name?: string | undefined;
}

/** The merge modes for which both directions must have as many units. */
const elementwise: readonly unknown[] = ["sum", "mul", "ave"] satisfies MergeMode[];

/**
 * Two GRUs over the same input, one from each end.
 *
 * @throws CongruentError `option` or `weights` as {@link gru} does; `model` when the two do not fit together
 * @example bidirectional({
 *   forward: { units: 1, kernel: [[1, 1, 1]], recurrentKernel: [[0, 0, 0]], returnSequences: true },
 *   backward: { kernel: [[2, 2, 2]], recurrentKernel: [[0, 0, 0]] },
 *   mergeMode: "sum",
 * })
 */
export function bidirectional(options: BidirectionalOptions): BidirectionalLayer {
  const readers = { mergeMode: readMergeMode, forward: readForward, backward: readBackward };
  const { mergeMode, ...directions } = readOptions(options, "bidirectional", readers);
  return makeLayer<BidirectionalLayer>({ kind: "bidirectional", ...directions, mergeMode });
}

function readMergeMode(given: MergeMode | null = "concat", where: string): MergeMode {
  return checkChoice(given ?? "none", ["concat", ...elementwise, "none"], where);
}

function readForward(given: BidirectionalOptions["forward"], where: string): GruLayer {
  const forward = isLayer(given) ? given : makeGru(given, where);
  checkOption(!forward.goBackwards, `${where}.goBackwards`, "false", true);
  return forward;
}

function readBackward(
  given: BidirectionalOptions["backward"],
  where: string,
  { mergeMode, forward }: Pick<BidirectionalLayer, "mergeMode" | "forward">,
): GruLayer {
  const like = { ...forward, name: "", goBackwards: true };
  const backward = isLayer(given) ? { ...given, goBackwards: true } : makeGru(given, where, like);
  checkOption(backward.goBackwards, `${where}.goBackwards`, "true", false);
  const same: (keyof GruLayer)[] = ["inputs", "returnSequences", "returnState", "stateful"];
  if (elementwise.includes(mergeMode)) same.push("units");
  for (const key of same) {
    if (forward[key] !== backward[key]) {
      throw expected("model", `${where}.${key}`, `${forward[key]} as forward`, show(backward[key]));
    }
  }
  return Object.freeze(backward);
}

function isLayer(value: GruLayer | Partial<GruOptions>): value is GruLayer {
  return (value as Partial<GruLayer> | null)?.kind === "gru";
}
