import { CongruentError } from "./errors.ts";
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

/**
 * Code and parameters of each activation: `undefined` where the function has no such parameter, `null` where it has
 * one that must be given. Defaults are Keras 3's; converters pass another framework's explicitly.
 */
const table = {
  linear: { code: 0, alpha: undefined, beta: undefined },
  sigmoid: { code: 1, alpha: undefined, beta: undefined },
  tanh: { code: 2, alpha: undefined, beta: undefined },
  relu: { code: 3, alpha: undefined, beta: undefined },
  /** clip(alpha·x + beta, 0, 1). Keras 3: 1/6 and 0.5. Keras ≤ 2, TF.js and ONNX: 0.2 and 0.5, or the alias hard_sigmoid_0.2. */
  hard_sigmoid: { code: 4, alpha: 1 / 6, beta: 0.5 },
  /** x or alpha·x. Keras 3: 0.2. ONNX: 0.01. */
  leaky_relu: { code: 5, alpha: 0.2, beta: undefined },
  elu: { code: 6, alpha: 1, beta: undefined },
  selu: { code: 7, alpha: undefined, beta: undefined },
  softplus: { code: 8, alpha: undefined, beta: undefined },
  softsign: { code: 9, alpha: undefined, beta: undefined },
  relu6: { code: 10, alpha: undefined, beta: undefined },
  silu: { code: 11, alpha: undefined, beta: undefined },
  /** The exact form, with erf: Keras's. */
  gelu: { code: 12, alpha: undefined, beta: undefined },
  /** The tanh approximation: TF.js's gelu_new. */
  gelu_tanh: { code: 13, alpha: undefined, beta: undefined },
  mish: { code: 14, alpha: undefined, beta: undefined },
  exponential: { code: 15, alpha: undefined, beta: undefined },
  /** alpha·x + beta (ONNX Affine). */
  affine: { code: 16, alpha: 1, beta: 0 },
  /** x where x > alpha, else 0. ONNX's default is 1; ONNX Runtime's is 0. */
  thresholded_relu: { code: 17, alpha: 1, beta: undefined },
  /** alpha·tanh(beta·x). ONNX gives no defaults, and ONNX Runtime's are 0: so both must be given. */
  scaled_tanh: { code: 18, alpha: null, beta: null },
} as const satisfies Record<
  string,
  { code: number; alpha: number | null | undefined; beta: number | null | undefined }
>;

/** Other spellings in use. */
const aliases = {
  swish: { name: "silu" },
  gelu_new: { name: "gelu_tanh" },
  "hard_sigmoid_0.2": { name: "hard_sigmoid", alpha: 0.2, beta: 0.5 },
} as const satisfies Record<string, { name: ActivationName; alpha?: number; beta?: number }>;

/** Every name that {@link resolveActivation} accepts. */
export const activationNames: readonly string[] = [...Object.keys(table), ...Object.keys(aliases)];

/**
 * A user's option → an activation with all parameters set.
 *
 * @param option a name, `{ name, alpha, beta }`, or null for linear
 * @param where the option's place, for the message
 * @throws CongruentError `option`: unknown name, a parameter that the function does not have, or one that is missing
 */
export function resolveActivation(option: ActivationOption, where: string): Activation {
  const given = option === null ? { name: "linear" } : typeof option === "string" ? { name: option } : option;
  const written = given as { name: unknown; alpha?: unknown; beta?: unknown };
  checkKeys(written, ["name", "alpha", "beta"], where);
  const alias = lookUp(aliases, written.name) as { name: ActivationName; alpha?: number; beta?: number } | undefined;
  const name = (alias?.name ?? written.name) as ActivationName;
  const entry = lookUp(table, name);
  if (!entry) {
    throw new CongruentError(
      "option",
      `${where}: expected one of ${activationNames.join(", ")}, got ${JSON.stringify(written.name) ?? String(written.name)}`,
    );
  }
  const parameter = (key: "alpha" | "beta"): number => {
    const value = written[key] ?? alias?.[key];
    const standard = entry[key];
    if (value === undefined) {
      if (standard === null) throw new CongruentError("option", `${where}: ${name} needs ${key}, got none`);
      return Math.fround(standard ?? 0);
    }
    if (standard === undefined) throw new CongruentError("option", `${where}: ${name} has no ${key}, got ${value}`);
    if (typeof value !== "number" || Number.isNaN(value)) {
      throw new CongruentError("option", `${where}: expected ${key} to be a number, got ${String(value)}`);
    }
    return Math.fround(value);
  };
  return { name, code: entry.code, alpha: parameter("alpha"), beta: parameter("beta") };
}

/** An activation → the option that makes it, with the parameters that the function has. */
export function toActivationOption({ name, alpha, beta }: Activation): ActivationOption {
  const { alpha: a, beta: b } = table[name] as { alpha: unknown; beta: unknown };
  return { name, ...(a !== undefined && { alpha }), ...(b !== undefined && { beta }) };
}

function lookUp<T extends object>(record: T, key: unknown): T[keyof T] | undefined {
  return typeof key === "string" && Object.hasOwn(record, key) ? record[key as keyof T] : undefined;
}
