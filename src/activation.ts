import { checkChoice, checkKeys, readOption } from "./options.ts";

/** An activation with its parameters, as the engines see it. */
export interface Activation {
  readonly name: ActivationName;
  /** The number by which the kernel knows it. */
  readonly code: number;
  /** Rounded to f32. 0 where the function has none. */
  readonly alpha: number;
  /** Rounded to f32. 0 where the function has none. */
  readonly beta: number;
}

/** The elementwise activations, by their Keras names where Keras has them, else ONNX's in snake case. */
export type ActivationName = Exclude<keyof typeof table, Alias>;

type Alias = "swish" | "gelu_new" | "hard_sigmoid_0.2";

/** What a user may write: a name, a name with parameters, or null for linear (as in Keras). */
export type ActivationOption =
  | ActivationName
  | Alias
  | null
  | { readonly name: ActivationName | Alias; readonly alpha?: number; readonly beta?: number };

type Parameters = Partial<Pick<Activation, "alpha" | "beta">>;

/** An activation's parameters, or another name for one that has parameters of its own. */
type Entry = Parameters & { readonly name?: ActivationName };

/**
 * The parameters of each activation, in the order of the kernel's codes: absent where the function has no such
 * parameter, NaN where it has one that must be given. Defaults are Keras 3's; converters pass another framework's
 * explicitly.
 */
const table = {
  linear: {},
  sigmoid: {},
  tanh: {},
  relu: {},
  /** clip(alpha·x + beta, 0, 1). Keras 3: 1/6 and 0.5. Keras ≤ 2, TF.js and ONNX: 0.2 and 0.5, or the alias hard_sigmoid_0.2. */
  hard_sigmoid: { alpha: 1 / 6, beta: 0.5 },
  /** x or alpha·x. Keras 3: 0.2. ONNX: 0.01. */
  leaky_relu: { alpha: 0.2 },
  elu: { alpha: 1 },
  selu: {},
  softplus: {},
  softsign: {},
  relu6: {},
  silu: {},
  /** The exact form, with erf: Keras's. */
  gelu: {},
  /** The tanh approximation: TF.js's gelu_new. */
  gelu_tanh: {},
  mish: {},
  exponential: {},
  /** alpha·x + beta (ONNX Affine). */
  affine: { alpha: 1, beta: 0 },
  /** x where x > alpha, else 0. ONNX's default is 1; ONNX Runtime's is 0. */
  thresholded_relu: { alpha: 1 },
  /** alpha·tanh(beta·x). ONNX gives no defaults, and ONNX Runtime's are 0: so both must be given. */
  scaled_tanh: { alpha: NaN, beta: NaN },

  // Other spellings in use.
  swish: { name: "silu" },
  gelu_new: { name: "gelu_tanh" },
  "hard_sigmoid_0.2": { name: "hard_sigmoid", alpha: 0.2, beta: 0.5 },
} as const satisfies Record<string, Parameters & { readonly name?: string }>;

/** Every name that {@link resolveActivation} accepts. */
export const activationNames: readonly string[] = Object.keys(table);

/**
 * A user's option → an activation with all parameters set.
 *
 * @param option a name, `{ name, alpha, beta }`, or null for linear, which is also the default
 * @param where the option's place, for the message
 * @returns frozen
 * @throws CongruentError `option`: unknown name, a parameter that the function does not have, or one that is missing
 */
export function resolveActivation(option: ActivationOption | undefined, where: string): Activation {
  const given = typeof option === "object" && option ? option : { name: option ?? "linear" };
  checkKeys(given, ["name", "alpha", "beta"], where);
  checkChoice(given.name, activationNames, where);
  const { name = given.name as ActivationName, ...standards }: Entry = table[given.name];
  const parameter = (key: keyof Parameters) =>
    readOption((given as Parameters)[key], standards[key], `${where}.${key} of ${name}`) ?? 0;
  return Object.freeze({
    name,
    code: activationNames.indexOf(name),
    alpha: parameter("alpha"),
    beta: parameter("beta"),
  });
}

/** An activation as {@link resolveActivation} gives it, or softmax, which is none of them since it sees whole rows. */
export function readActivation(
  option: ActivationOption | "softmax" | undefined,
  where: string,
): Activation | "softmax" {
  return option === "softmax" ? option : resolveActivation(option, where);
}

/** An activation → the option that makes it, with the parameters that the function has. */
export function toActivationOption({ name, alpha, beta }: Activation): ActivationOption {
  const parameters: Parameters = table[name];
  return { name, ...("alpha" in parameters && { alpha }), ...("beta" in parameters && { beta }) };
}
