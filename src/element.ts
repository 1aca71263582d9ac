import { type CongruentErrorCode, expected, show } from "./errors.ts";

/** What the elements of some data have to be. */
export interface ElementKind {
  /** Of the error when one is something else. */
  readonly code: CongruentErrorCode;
  /** Where the data is, for the message. */
  readonly where: string;
  /** What an element has to be, for the message. Default: a number. */
  readonly wanted?: string;
  /** The number that an element stands for, undefined where it stands for none. Default: numbers stand for themselves. */
  read?(value: unknown, index: number): number | undefined;
}

/**
 * What a model takes: features, or token ids.
 *
 * @param vocabulary 0 for features
 * @param isPadding where any id will do, and is 0
 */
export function inputElements(vocabulary: number, where: string, isPadding: (index: number) => boolean): ElementKind {
  if (!vocabulary) return { code: "input", where };
  return {
    code: "token",
    where,
    wanted: `a token id from 0 to ${vocabulary - 1}`,
    read(value, index) {
      const id = typeof value === "bigint" ? Number(value) : (value as number);
      return Number.isInteger(id) && id >= 0 && id < vocabulary ? id : isPadding(index) ? 0 : undefined;
    },
  };
}

/** What is true or false. */
export function bits(where: string): ElementKind {
  return {
    code: "mask",
    where,
    wanted: "true, false, 0 or 1",
    read: (value) => (value === true || value === 1 ? 1 : value === false || value === 0 ? 0 : undefined),
  };
}

/**
 * Copies elements, checking each.
 *
 * @param shape of the data, for the message
 * @throws CongruentError with the kind's code
 */
export function copyElements(
  to: Float32Array | Int32Array | Uint8Array,
  data: ArrayLike<unknown>,
  shape: readonly number[],
  { code, where, wanted = "a number", read }: ElementKind,
): void {
  // A typed array holds numbers or bigints, and is copied at once.
  if (!read && ArrayBuffer.isView(data) && typeof data[0] === "number") {
    to.set(data as unknown as Float32Array);
    return;
  }
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    const element = read ? read(value, i) : value;
    if (typeof element !== "number") throw expected(code, placeOf(where, i, shape), wanted, show(value));
    to[i] = element;
  }
}

/** Where an element is: `input[1][0][2]`. */
export function placeOf(where: string, index: number, shape: readonly number[]): string {
  let place = "";
  let left = index;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    place = `[${left % shape[axis]}]${place}`;
    left = Math.floor(left / shape[axis]);
  }
  return where + place;
}
