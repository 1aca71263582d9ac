/** What went wrong, for programs; the message says it for people. */
export type CongruentErrorCode =
  /** An option of a layer, a run or a stream is unknown, missing or has a value that is not allowed. */
  | "option"
  /** A weight tensor is missing, surplus or of the wrong shape. */
  | "weights"
  /** Layers do not fit together, or the model cannot do what is asked of it. */
  | "model"
  /** Data given to a run or a step has the wrong type or shape. */
  | "input"
  /** A token id is not a whole number inside the vocabulary. */
  | "token"
  /** Sequence lengths are of the wrong count, negative, fractional or beyond the time axis. */
  | "lengths"
  /** A mask has the wrong shape or holds something that is neither true nor false. */
  | "mask"
  /** A state, a snapshot or an initial state does not belong to this model. */
  | "state"
  /** The model does not fit into WebAssembly memory. */
  | "memory"
  /** The WebAssembly module cannot be compiled or is not congruent's. */
  | "wasm"
  /** A file is damaged, or is not of the format that it should be. */
  | "file"
  /** A file is sound, but holds something that congruent does not have or cannot reproduce. */
  | "unsupported";

/**
 * The one error that this library throws on purpose. It is thrown before anything changed: the model that
 * threw it works as before.
 */
export class CongruentError extends Error {
  override readonly name = "CongruentError";

  /**
   * @param code what went wrong
   * @param message what was expected, what was given, and where
   */
  constructor(
    readonly code: CongruentErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * The one sentence in which this library complains.
 *
 * @param where what is wrong: a layer, an option, a place in the data
 * @param wanted what is allowed there
 * @param given what was found: {@link show} writes a value that may be anything
 * @param options the error's cause, where another error is behind it
 */
export function expected(
  code: CongruentErrorCode,
  where: string,
  wanted: string | number,
  given: string | number | Error,
  options?: { cause?: unknown },
): CongruentError {
  return new CongruentError(code, `${where}: expected ${wanted}, got ${given}`, options);
}

/** A value in a few words, for a message. */
export function show(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value !== "object" || value === null) return typeof value === "function" ? "a function" : String(value);
  const name = value.constructor?.name ?? "Object";
  return "length" in value ? `${name}(${value.length})` : name;
}

/** A shape as messages write it: `[2, time, 3]`. */
export function showShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(", ")}]`;
}
