/** What the readers of sequences give to a run. */

/** One sequence, whole. */
export interface Row {
  /** Its line in the file, or its place in an array, from 1. */
  readonly line: number;
  /** [time, features], or [time] token ids: nested or flat */
  readonly input: readonly unknown[] | { readonly data: Float32Array; readonly shape: readonly number[] };
  /** T */
  readonly steps: number;
  /** How many of them are valid; default all. */
  readonly length?: number | undefined;
  /** (T) of 0 and 1 */
  readonly mask?: readonly number[] | undefined;
}

/** One step of a sequence that may have no end. */
export interface Step {
  readonly line: number;
  /** (I), or the token id */
  readonly frame: readonly number[];
  /** Whether a new sequence begins here. */
  readonly begins: boolean;
}

/** A line that cannot be read; those after it can. */
export interface Bad {
  readonly line: number;
  readonly error: Error;
}

/** Sequences one after the other, or the steps of them. */
export type Source =
  | { readonly kind: "rows"; readonly rows: AsyncIterable<Row | Bad>; readonly shape: readonly number[] | null }
  | { readonly kind: "steps"; readonly steps: AsyncIterable<Step | Bad> };
