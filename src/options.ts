import { expected, show } from "./errors.ts";

/**
 * Refuses an options object that has a key nobody would read: a misspelt option must not be ignored.
 *
 * @param allowed every key there is
 * @param where whose options they are, for the message
 * @throws CongruentError `option`
 */
export function checkKeys(options: unknown, allowed: readonly string[], where: string): void {
  checkOption(typeof options === "object" && options !== null, where, "options", options);
  for (const key in options as object) checkChoice(key, allowed, where);
}

/**
 * Refuses a value that is not one of some.
 *
 * @param also what else there is, for the message
 * @returns the value
 * @throws CongruentError `option`
 */
export function checkChoice<T>(value: T, allowed: readonly unknown[], where: string, also = ""): T {
  checkOption(allowed.includes(value), where, `one of ${allowed.join(", ")}${also}`, value);
  return value;
}

/**
 * Refuses a value that does not fit.
 * @throws CongruentError `option`
 */
export function checkOption(fits: boolean, where: string, wanted: string, value: unknown): void {
  if (!fits) throw expected("option", where, wanted, show(value));
}

/**
 * An option of the same type as its standard; a number is rounded to f32.
 *
 * @param standard NaN where a number must be given, undefined where nothing may be
 * @throws CongruentError `option`
 */
export function readOption<T>(value: unknown, standard: T, where: string): T {
  const read = value === undefined ? standard : value;
  checkOption(typeof read === typeof standard && !Number.isNaN(read) && value !== "", where, typeof standard, value);
  return (typeof read === "number" ? Math.fround(read) : read) as T;
}

/**
 * A size: a whole number from 1 up.
 * @throws CongruentError `option`
 */
export function readSize(value: unknown, where: string): number {
  checkOption(Number.isInteger(value) && (value as number) > 0, where, "a whole number from 1 up", value);
  return value as number;
}

/** Makes something of an option's value. It sees the options before it, too. */
type Reader<T> = (value: never, where: string, before: never) => T;

/** For each option of a layer beside its name, a standard as in {@link readOption}, or what reads it. */
type Readers<O> = { readonly [Key in Exclude<keyof O, "name">]-?: Reader<unknown> | boolean | number };

/** What a layer's options come to. */
type Values<R> = {
  readonly [Key in keyof R]: R[Key] extends Reader<infer T> ? T : R[Key] extends boolean ? boolean : number;
};

/**
 * The options of a layer, in the order of their readers; without those of readers that give nothing, which only check.
 *
 * @param kind what to call a layer without a name
 * @param like what stands for options that are not given; else their readers see undefined
 * @throws CongruentError `option`; or as the readers do
 */
export function readOptions<O extends object, const R extends Readers<O>>(
  options: O,
  kind: string,
  readers: R,
  like: object = {},
): Values<R> & { readonly name: string } {
  const all: Record<string, unknown> = { name: "", ...readers };
  checkKeys(options, Object.keys(all), kind);
  const values: Record<string, unknown> = {};
  for (const key in all) {
    const reader = all[key] as Reader<unknown>;
    const value = options[key as keyof O] as never;
    const where = `${values.name || kind}.${key}`;
    const read =
      value === undefined && key in like
        ? like[key as keyof object]
        : typeof reader === "function"
          ? reader(value, where, values as never)
          : readOption(value, reader, where);
    if (read !== undefined) values[key] = read;
  }
  return values as Values<R> & { readonly name: string };
}
