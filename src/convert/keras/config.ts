import { CongruentError, show } from "../../errors.ts";

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A part of a file that is sound, but that congruent does not have. */
export function unsupported(where: string, found: string): CongruentError {
  return new CongruentError("unsupported", `${where}: ${found}`);
}

/**
 * A text → the JSON object that it is.
 * @throws CongruentError `file`
 */
export function parseJson(text: string, where: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CongruentError("file", `${where}: expected JSON, got ${(cause as Error).message}`, { cause });
  }
  if (!isJson(value)) throw new CongruentError("file", `${where}: expected a JSON object, got ${show(value)}`);
  return value;
}

/** Keys that every layer may have, and that change no number at inference. */
const harmless = new Set([
  "name",
  "trainable",
  "batch_input_shape",
  "batch_shape",
  "input_shape",
  "input_dtype",
  "input_dim",
  "input_length",
  "seed",
  "noise_shape",
  "autocast",
  "build_config",
  // How Keras 1 named initializers and regularizers.
  "init",
  "inner_init",
  "forget_bias_init",
  "W_regularizer",
  "U_regularizer",
  "b_regularizer",
  "W_constraint",
  "U_constraint",
  "b_constraint",
]);
const harmlessEnding = /_(initializer|regularizer|constraint)$/;

/** The precisions of a layer that f32 gives the numbers of. */
const precisions = ["float32", "float64"];

/**
 * The configuration of one layer. Each key must be read, or be known to change no number: {@link Config.close} refuses
 * the rest, so that nothing is ignored that would.
 */
export class Config {
  readonly #read = new Set<string>();

  constructor(
    readonly values: Json,
    readonly where: string,
  ) {}

  has(key: string): boolean {
    return Object.hasOwn(this.values, key);
  }

  /** Whatever the first of the keys that is there holds; undefined where none is. */
  any(...keys: readonly string[]): unknown {
    let found: unknown;
    for (const key of keys) {
      this.#read.add(key);
      if (found === undefined && this.has(key)) found = this.values[key];
    }
    return found;
  }

  flag(standard: boolean, ...keys: readonly string[]): boolean {
    const value = this.any(...keys) ?? standard;
    // Python's int stood for bool in early files.
    if (value === 0 || value === 1) return value === 1;
    if (typeof value !== "boolean") throw this.#wrong(keys[0], "true or false", value);
    return value;
  }

  /** @throws CongruentError `unsupported`: none, where there is no standard */
  number(standard: number | undefined, ...keys: readonly string[]): number {
    const value = this.any(...keys) ?? standard;
    if (typeof value !== "number") throw this.#wrong(keys[0], "a number", value);
    return value;
  }

  text(standard: string, ...keys: readonly string[]): string {
    const value = this.any(...keys) ?? standard;
    if (typeof value !== "string") throw this.#wrong(keys[0], "a text", value);
    return value;
  }

  /** Refuses a key whose value is not one of those that change nothing. */
  only(key: string, allowed: readonly unknown[], why: string): void {
    const value = this.any(key);
    if (value !== undefined && !allowed.includes(value)) throw unsupported(this.where, `${key} ${write(value)} ${why}`);
  }

  /**
   * Refuses what nobody read.
   * @param ignored more keys that change no number in this layer
   * @throws CongruentError `unsupported`
   */
  close(...ignored: readonly string[]): void {
    const precision = readPrecision(this.any("dtype"));
    if (precision !== null && !precisions.includes(precision)) {
      throw unsupported(this.where, `computes in ${precision}, and congruent in float32`);
    }
    for (const key of Object.keys(this.values)) {
      const known = this.#read.has(key) || harmless.has(key) || harmlessEnding.test(key) || ignored.includes(key);
      if (!known) throw unsupported(this.where, `has an option ${show(key)} that is not known here`);
    }
  }

  #wrong(key: string, wanted: string, value: unknown): CongruentError {
    return unsupported(
      this.where,
      `expected ${key} to be ${wanted}, got ${value === undefined ? "none" : write(value)}`,
    );
  }
}

/** A dtype or a dtype policy → its name; null where there is none. */
function readPrecision(dtype: unknown): string | null {
  if (dtype === undefined || dtype === null) return null;
  if (typeof dtype === "string") return dtype;
  if (isJson(dtype) && isJson(dtype.config) && dtype.class_name !== "QuantizedDTypePolicy") {
    if (typeof dtype.config.name === "string") return dtype.config.name;
  }
  return write(dtype);
}

/** A value of a configuration, for a message. */
export function write(value: unknown): string {
  const text = JSON.stringify(value) ?? "undefined";
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
