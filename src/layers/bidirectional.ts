import { expected, show } from "../errors.ts";
import { checkChoice, checkKeys, readName } from "../options.ts";
import { type GruOptions, gru, makeGru } from "./gru.ts";
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

const mergeModes: readonly unknown[] = ["concat", "sum", "mul", "ave", "none"] satisfies MergeMode[];

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
  checkKeys(options, ["forward", "backward", "mergeMode", "name"], "bidirectional");
  const name = readName(options.name, "bidirectional");
  const where = name || "bidirectional";
  const mergeMode = options.mergeMode === null ? "none" : (options.mergeMode ?? "concat");
  checkChoice(mergeMode, mergeModes, `${where}.mergeMode`, " or null");
  const forward = isLayer(options.forward) ? options.forward : gru(options.forward);
  const backward = isLayer(options.backward)
    ? options.backward
    : makeGru(options.backward, { ...forward, goBackwards: true }, `${where}.backward`);
  if (forward.goBackwards) throw expected("option", `${where}.forward.goBackwards`, "false", "true");
  if (!backward.goBackwards && !isLayer(options.backward)) {
    throw expected("option", `${where}.backward.goBackwards`, "true", "false");
  }
  const same = ["inputs", "returnSequences", "returnState", "stateful"] as const;
  for (const key of ["concat", "none"].includes(mergeMode) ? same : [...same, "units" as const]) {
    if (forward[key] !== backward[key]) {
      throw expected("model", `${where}.backward.${key}`, `${forward[key]} as forward`, show(backward[key]));
    }
  }
  return Object.freeze<BidirectionalLayer>({
    kind: "bidirectional",
    name,
    forward,
    backward: Object.freeze<GruLayer>({ ...backward, goBackwards: true }),
    mergeMode,
  });
}

function isLayer(value: GruLayer | Partial<GruOptions>): value is GruLayer {
  return (value as Partial<GruLayer> | null)?.kind === "gru";
}
