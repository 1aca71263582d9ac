import { expected, show } from "./errors.ts";

/**
 * Refuses an options object that has a key nobody would read: a misspelt option must not be ignored.
 *
 * @param allowed every key there is
 * @param where whose options they are, for the message
 * @throws CongruentError `option`
 */
export function checkKeys(options: unknown, allowed: readonly string[], where: string): void {
  if (typeof options !== "object" || options === null) throw expected("option", where, "options", show(options));
  for (const key in options) checkChoice(key, allowed, where);
}

/**
 * Refuses a value that is not one of some.
 *
 * @param also what else there is, for the message
 * @throws CongruentError `option`
 */
export function checkChoice(value: unknown, allowed: readonly unknown[], where: string, also = ""): void {
  if (!allowed.includes(value)) throw expected("option", where, `one of ${allowed.join(", ")}${also}`, show(value));
}

/**
 * A yes-or-no option.
 * @throws CongruentError `option`
 */
export function readFlag(value: unknown, standard: boolean, where: string): boolean {
  if (value === undefined) return standard;
  if (typeof value !== "boolean") throw expected("option", where, "true or false", show(value));
  return value;
}

/**
 * A size: a whole number from 1 up.
 * @throws CongruentError `option`
 */
export function readSize(value: unknown, where: string): number {
  if (!Number.isInteger(value) || (value as number) < 1) {
    throw expected("option", where, "a whole number from 1 up", show(value));
  }
  return value as number;
}

/**
 * A layer's name, empty for one that the model will choose.
 * @throws CongruentError `option`
 */
export function readName(value: unknown, where: string): string {
  if (value === undefined) return "";
  if (typeof value !== "string" || value === "") throw expected("option", `${where}.name`, "a text", show(value));
  return value;
}
