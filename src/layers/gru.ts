import { type ActivationOption, resolveActivation } from "../activation.ts";
import { expected, show } from "../errors.ts";
import { checkKeys, readFlag, readName, readSize } from "../options.ts";
import { fitShape, flatten, readTensor, type TensorLike, toTensor } from "../tensor.ts";
import { checkBias } from "./bias.ts";
import type { GruLayer } from "./layer.ts";

/** What {@link gru} takes: Keras's names, layouts and defaults. Gates are ordered z (update) | r (reset) | n (candidate). */
export interface GruOptions {
  /** H */
  readonly units: number;
  /** [I, 3H] */
  readonly kernel: TensorLike;
  /** [H, 3H] */
  readonly recurrentKernel: TensorLike;
  /** [3H]; or, with `resetAfter`, [2, 3H] as Keras keeps it: the input's bias, then the recurrent one. */
  readonly bias?: TensorLike | null | undefined;
  /** [3H], where `bias` has the input's alone. */
  readonly recurrentBias?: TensorLike | null | undefined;
  /** true: a bias must be given; false: none must. Default: as given. */
  readonly useBias?: boolean | undefined;
  /** g, of the candidate. Default tanh. */
  readonly activation?: ActivationOption | undefined;
  /** f, of the gates. Default sigmoid. */
  readonly recurrentActivation?: ActivationOption | undefined;
  /** Whether r multiplies the recurrent product (true, the default) or the state before it. */
  readonly resetAfter?: boolean | undefined;
  /** Bound of every pre-activation (ONNX), more than 0. Default Infinity. */
  readonly clip?: number | undefined;
  /** The output of every step (true) or of the last one only. Default false. */
  readonly returnSequences?: boolean | undefined;
  /** Whether `run` returns the final state. Default true; Keras's is false. */
  readonly returnState?: boolean | undefined;
  /** From the last valid step to the first. Default false. */
  readonly goBackwards?: boolean | undefined;
  /** Whether the final state of a run is the initial state of the next. Default false. */
  readonly stateful?: boolean | undefined;
  /** Whether masked outputs are 0, whatever the semantics carry there. Default false. */
  readonly zeroOutputForMask?: boolean | undefined;
  readonly name?: string | undefined;
}

const flags = [
  "resetAfter",
  "returnSequences",
  "returnState",
  "goBackwards",
  "stateful",
  "zeroOutputForMask",
] as const satisfies (keyof GruOptions)[];

const keys: readonly (keyof GruOptions)[] = [
  "units",
  "kernel",
  "recurrentKernel",
  "bias",
  "recurrentBias",
  "useBias",
  "activation",
  "recurrentActivation",
  "clip",
  "name",
  ...flags,
];

/** What an option that is not given falls back on. */
type Standard = Omit<GruLayer, "kind" | "name" | "inputs" | "units" | "weights"> & Partial<Pick<GruLayer, "units">>;

/** A function, so that a bundle without GRUs need not hold it. */
const kerasDefaults = (): Standard => ({
  activation: Object.freeze(resolveActivation("tanh", "")),
  recurrentActivation: Object.freeze(resolveActivation("sigmoid", "")),
  resetAfter: true,
  clip: Number.POSITIVE_INFINITY,
  returnSequences: false,
  returnState: true,
  goBackwards: false,
  stateful: false,
  zeroOutputForMask: false,
});

/**
 * A gated recurrent unit over time.
 *
 * @returns a frozen layer with its own copies of the weights, which need not be finite
 * @throws CongruentError `option` or `weights`
 * @example gru({ units: 1, kernel: [[1, 1, 1]], recurrentKernel: [[0, 0, 0]], returnSequences: true })
 */
export function gru(options: GruOptions): GruLayer {
  return makeGru(options, kerasDefaults(), "gru");
}

/**
 * A GRU whose missing options come from another one (the backward layer of a bidirectional: from the forward one).
 *
 * @param place what to call a layer without a name
 */
export function makeGru(options: Partial<GruOptions>, standard: Standard, place: string): GruLayer {
  checkKeys(options, keys, place);
  const name = readName(options.name, place);
  const where = name || place;
  const set = {} as Record<(typeof flags)[number], boolean>;
  for (const flag of flags) set[flag] = readFlag(options[flag], standard[flag], `${where}.${flag}`);
  const activation = (key: "activation" | "recurrentActivation") => {
    const option = options[key];
    return option === undefined ? standard[key] : Object.freeze(resolveActivation(option, `${where}.${key}`));
  };

  const units = readSize(options.units ?? standard.units, `${where}.units`);
  const { clip = standard.clip } = options;
  if (!(typeof clip === "number" && Math.fround(clip) > 0)) {
    throw expected("option", `${where}.clip`, "a number greater than 0", show(clip));
  }
  const kernel = readTensor(options.kernel, ["inputs", 3 * units], "weights", `${where}.kernel`);
  const recurrentKernel = readTensor(
    options.recurrentKernel,
    [units, 3 * units],
    "weights",
    `${where}.recurrentKernel`,
  );
  return Object.freeze<GruLayer>({
    kind: "gru",
    name,
    inputs: kernel.shape[0],
    units,
    weights: Object.freeze({
      kernel: kernel.data,
      recurrentKernel: recurrentKernel.data,
      ...readBiases(options, 3 * units, set.resetAfter, where),
    }),
    activation: activation("activation"),
    recurrentActivation: activation("recurrentActivation"),
    clip: Math.fround(clip),
    ...set,
  });
}

/** Both biases, (3H) or null each, out of one tensor or two. */
function readBiases(
  { bias = null, recurrentBias = null, useBias }: Partial<GruOptions>,
  size: number,
  resetAfter: boolean,
  where: string,
): Pick<GruLayer["weights"], "bias" | "recurrentBias"> {
  const given = bias !== null || recurrentBias !== null;
  checkBias(readFlag(useBias, given, `${where}.useBias`), given, where);
  const recurrent = recurrentBias && readTensor(recurrentBias, [size], "weights", `${where}.recurrentBias`).data;
  if (!bias) return { bias: null, recurrentBias: recurrent };
  const place = `${where}.bias`;
  const flat = flatten(bias, "weights", place);
  const both = resetAfter && !recurrent && flat.data.length !== size;
  fitShape(flat, both ? [2, size] : [size], "weights", place);
  const data = toTensor(flat, "weights", place).data;
  return both
    ? { bias: data.slice(0, size), recurrentBias: data.slice(size) }
    : { bias: data, recurrentBias: recurrent };
}
