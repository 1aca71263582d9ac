import { type CongruentErrorCode, expected, show } from "./errors.ts";

/** What the elements of some data have to be. */
export interface ElementKind {
  /** Of the error when one is something else. */
  readonly code: CongruentErrorCode;
  /** Where the data is, for the message. */
  readonly where: string;
  /** The number that an element stands for; or else what it has to be, for the message. Default: itself, a number. */
  read?(value: unknown, index: number): number | string;
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
    read(value, index) {
      const id = typeof value === "bigint" ? Number(value) : (value as number);
      if (Number.isInteger(id) && id >= 0 && id < vocabulary) return id;
      return isPadding(index) ? 0 : `a token id from 0 to ${vocabulary - 1}`;
    },
  };
}

/** What is true or false. */
export function bits(where: string): ElementKind {
  return {
    code: "mask",
    where,
    read: (value) => (value === 1 || value === true ? 1 : value === 0 || value === false ? 0 : "true, false, 0 or 1"),
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
  { code, where, read }: ElementKind,
): void {
  // A typed array holds numbers or bigints, and is copied at once.
  if (!read && ArrayBuffer.isView(data) && typeof data[0] === "number") {
    to.set(data as unknown as Float32Array);
    return;
  }
  for (let i = 0; i < data.length; i++) {
    const value = data[i];
    const element = read ? read(value, i) : typeof value === "number" ? value : "a number";
    if (typeof element === "string") throw expected(code, placeOf(where, i, shape), element, show(value));
    to[i] = element;
  }
}

/** Where an element is: `input[1][0][2]`. */
export function placeOf(where: string, index: number, shape: readonly number[]): string {
  let left = index;
  let place = "";
  for (const size of [...shape].reverse()) {
    place = `[${left % size}]${place}`;
    left = Math.floor(left / size);
  }
  return where + place;
}
