import { type ActivationOption, resolveActivation } from "../activation.ts";
import { checkOption, readOption, readOptions, readSize } from "../options.ts";
import { type Floats, flatten, readTensor, type TensorLike } from "../tensor.ts";
import { checkBias } from "./bias.ts";
import { makeLayer } from "./computation.ts";
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

/** What readers of weights need to know. */
type Sized = { readonly units: number };

const readers = {
  units: readSize,
  activation: (option: ActivationOption = "tanh", where: string) => resolveActivation(option, where),
  recurrentActivation: (option: ActivationOption = "sigmoid", where: string) => resolveActivation(option, where),
  clip: readClip,
  resetAfter: true,
  returnSequences: false,
  returnState: true,
  goBackwards: false,
  stateful: false,
  zeroOutputForMask: false,
  kernel: (kernel: unknown, where: string, { units }: Sized) =>
    readTensor(kernel, "weights", where, ["inputs", 3 * units]),
  recurrentKernel: (kernel: unknown, where: string, { units }: Sized) =>
    readTensor(kernel, "weights", where, [units, 3 * units]).data,
  recurrentBias: (bias: unknown, where: string, { units }: Sized) =>
    bias ? readTensor(bias, "weights", where, [3 * units]).data : null,
  bias: readBiases,
  useBias: checkBias,
};

/**
 * A gated recurrent unit over time.
 *
 * @returns a frozen layer with its own copies of the weights, which need not be finite
 * @throws CongruentError `option` or `weights`
 * @example gru({ units: 1, kernel: [[1, 1, 1]], recurrentKernel: [[0, 0, 0]], returnSequences: true })
 */
export function gru(options: GruOptions): GruLayer {
  return makeGru(options, "gru");
}

/**
 * A GRU whose missing options come from another one (the backward layer of a bidirectional: from the forward one).
 *
 * @param kind what to call a layer without a name
 */
export function makeGru(options: Partial<GruOptions>, kind: string, like?: GruLayer): GruLayer {
  const { units, kernel, recurrentKernel, bias, recurrentBias, ...configuration } = readOptions(
    options,
    kind,
    readers,
    like,
  );
  const gates = 3 * units;
  return makeLayer<GruLayer>({
    kind: "gru",
    inputs: kernel.shape[0],
    units,
    weights: Object.freeze({
      kernel: kernel.data,
      recurrentKernel,
      bias: bias ? bias.slice(0, gates) : null,
      recurrentBias: bias && bias.length > gates ? bias.slice(gates) : recurrentBias,
    }),
    ...configuration,
  });
}

function readClip(value: unknown, where: string): number {
  const clip = readOption(value, Infinity, where);
  checkOption(clip > 0, where, "a number above 0", value);
  return clip;
}

/** (3H); or (6H), with the recurrent bias behind it */
function readBiases(
  bias: unknown,
  where: string,
  { units, resetAfter, recurrentBias }: Sized & { readonly resetAfter: boolean; readonly recurrentBias: Floats | null },
): Floats | null {
  if (!bias) return null;
  const gates = 3 * units;
  const both = resetAfter && !recurrentBias && flatten(bias, "weights", where).data.length !== gates;
  return readTensor(bias, "weights", where, both ? [2, gates] : [gates]).data;
}
