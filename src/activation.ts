import { CongruentError, expected, show } from "./errors.ts";
import { checkKeys } from "./options.ts";

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
export type ActivationName = keyof typeof table;

/** What a user may write: a name, a name with parameters, or null for linear (as in Keras). */
export type ActivationOption =
  | ActivationName
  | keyof typeof aliases
  | null
  | { readonly name: ActivationName | keyof typeof aliases; readonly alpha?: number; readonly beta?: number };

type Parameters = Record<"alpha" | "beta", number | null>;

/**
 * The parameters of each activation, in the order of the kernel's codes: absent where the function has no such
 * parameter, `null` where it has one that must be given. Defaults are Keras 3's; converters pass another framework's
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
  scaled_tanh: { alpha: null, beta: null },
} as const satisfies Record<string, Partial<Parameters>>;

const names = Object.keys(table);

/** Other spellings in use. */
const aliases = {
  swish: { name: "silu" },
  gelu_new: { name: "gelu_tanh" },
  "hard_sigmoid_0.2": { name: "hard_sigmoid", alpha: 0.2, beta: 0.5 },
} as const satisfies Record<string, { name: ActivationName; alpha?: number; beta?: number }>;

/** Every name that {@link resolveActivation} accepts. */
export const activationNames: readonly string[] = [...names, ...Object.keys(aliases)];

/**
 * A user's option → an activation with all parameters set.
 *
 * @param option a name, `{ name, alpha, beta }`, or null for linear
 * @param where the option's place, for the message
 * @throws CongruentError `option`: unknown name, a parameter that the function does not have, or one that is missing
 */
export function resolveActivation(option: ActivationOption, where: string): Activation {
  const given: { name: unknown } & Partial<Record<keyof Parameters, unknown>> =
    option === null || typeof option === "string" ? { name: option ?? "linear" } : option;
  checkKeys(given, ["name", "alpha", "beta"], where);
  const written = given.name;
  const alias: { name?: ActivationName } & Partial<Parameters> = lookUp(aliases, written) ?? {};
  const name = alias.name ?? (written as ActivationName);
  const standards: Partial<Parameters> | undefined = lookUp(table, name);
  if (!standards) throw expected("option", where, `one of ${activationNames.join(", ")}`, show(written));
  const parameter = (key: keyof Parameters): number => {
    const value = given[key] ?? alias[key];
    const standard = standards[key];
    if (value === undefined) {
      if (standard === null) throw new CongruentError("option", `${where}: ${name} needs ${key}, got none`);
      return Math.fround(standard ?? 0);
    }
    if (standard === undefined) throw new CongruentError("option", `${where}: ${name} has no ${key}, got ${value}`);
    if (typeof value !== "number" || Number.isNaN(value)) {
      throw expected("option", where, `${key} to be a number`, String(value));
    }
    return Math.fround(value);
  };
  return { name, code: names.indexOf(name), alpha: parameter("alpha"), beta: parameter("beta") };
}

/** An activation → the option that makes it, with the parameters that the function has. */
export function toActivationOption({ name, alpha, beta }: Activation): ActivationOption {
  const parameters: Partial<Parameters> = table[name];
  return { name, ...("alpha" in parameters && { alpha }), ...("beta" in parameters && { beta }) };
}

function lookUp<T extends object>(record: T, key: unknown): T[keyof T] | undefined {
  return typeof key === "string" && Object.hasOwn(record, key) ? record[key as keyof T] : undefined;
}
