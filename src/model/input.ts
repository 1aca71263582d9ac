import { type CongruentError, expected, show, showCell, showShape } from "../errors.ts";
import type { Stack } from "../layers/stack.ts";
import { checkKeys, readFlag } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { presets } from "../sequence/semantics.ts";
import { applyLengths, applyMask, type Lengths, type Mask } from "../sequence/validity.ts";
import { checkShaped, type Flat, isList, isShaped, type Nested, shapeOf, type TypedArray } from "../tensor.ts";
import type { Batch } from "./engine.ts";
import { type InitialState, readStates } from "./state.ts";
import { readToken } from "./token.ts";

/**
 * A batch: features [batch, time, features], or token ids [batch, time] for a model that begins with an embedding.
 * Either arrays in arrays, whose rows may differ in length (then the lengths are implied), or flat data with its shape.
 */
export type Input =
  | Nested<number | bigint>
  | {
      readonly data: TypedArray | BigInt64Array | BigUint64Array | readonly number[];
      readonly shape: readonly number[];
    };

/** How a batch is to be understood. */
export interface RunOptions {
  /** Valid steps of each row, [batch]. Replaces the masks that layers make. */
  readonly lengths?: Lengths | null | undefined;
  /**
   * Valid steps, [batch, time]. Replaces the masks that layers make. With lengths, both must allow a step. false: there
   * are no masks, masking layers do nothing and padding is data.
   */
  readonly mask?: Mask | false | null | undefined;
  /** Default: the model's; else keras, and tf1 when there are lengths (or rows of different length) and no mask. */
  readonly semantics?: SemanticsOption | undefined;
  /** Default: zeros, or what a stateful layer kept. */
  readonly initialState?: InitialState | null | undefined;
  /** Input and outputs are [time, batch, features]. Masks, lengths and states stay as they are. */
  readonly timeMajor?: boolean | undefined;
}

const keys: readonly (keyof RunOptions)[] = ["lengths", "mask", "semantics", "initialState", "timeMajor"];

const noStates: readonly null[] = [];

/** Reads batches into one that engines take. It is used again for every run, and grows when a size changes. */
export interface InputReader {
  readonly batch: Batch & { readonly timeMajor: boolean; initialStates: Batch["initialStates"] };
  /**
   * Checks everything there is to check before a run, but for rows without a valid step: engines refuse those.
   *
   * @throws CongruentError `option`, `input`, `token`, `lengths`, `mask` or `state`
   */
  read(input: unknown, options: RunOptions): void;
}

/**
 * A reader for what a stack takes.
 *
 * @param standard the semantics of runs that are not told
 */
export function createReader(
  { layers, slots, inputs, vocabulary }: Stack,
  standard: SemanticsOption | undefined,
): InputReader {
  /** The number of axes that the input has to have. */
  const rank = inputs ? 3 : 2;
  const hasBidirectional = layers.some(({ kind }) => kind === "bidirectional");
  /** Where a copy of the input goes: (B, T, I) or (B, T) */
  let copied: Float32Array | Int32Array = new (inputs ? Float32Array : Int32Array)(0);
  /** (B, T) */
  let bits = new Uint8Array(0);
  /** (B), of ragged rows */
  let rowLengths = new Int32Array(0);

  const batch = {
    rows: 0,
    steps: 0,
    features: null as Float32Array | null,
    ids: null as Int32Array | null,
    validity: null as Uint8Array | null,
    useMasks: true,
    semantics: presets.keras,
    initialStates: noStates as readonly (Float32Array | null)[],
    timeMajor: false,
  };

  function rankError(given: string, axes: number): CongruentError {
    const time = batch.timeMajor ? ["time", "batch"] : ["batch", "time"];
    const wanted = inputs ? `features ${showShape([...time, inputs])}` : `token ids ${showShape(time)}`;
    const single = axes === rank - 1 && !batch.timeMajor;
    const hint = single ? ": to make a batch of one, wrap it in an array (shape [1, …])" : "";
    return expected("input", "input", `${wanted} as nested arrays or { data, shape }`, given + hint);
  }

  /** Axes 0 and 1 of the input → rows and steps. */
  function setSize(outer: number, inner: number): void {
    batch.rows = batch.timeMajor ? inner : outer;
    batch.steps = batch.timeMajor ? outer : inner;
    if (!outer || !inner) throw expected("input", "input", "a row and a step at least", showShape([outer, inner]));
  }

  function measureShaped(input: Flat): null {
    const { shape } = input;
    if (shape.length !== rank || (inputs && shape[2] !== inputs)) {
      throw rankError(`shape ${showShape(shape)}`, shape.length);
    }
    checkShaped(input, "input", "input");
    setSize(shape[0], shape[1]);
    return null;
  }

  /** @returns the rows' lengths where they differ */
  function measureNested(input: readonly unknown[]): Int32Array | null {
    // Rows can be empty: the first one that is not tells the depth.
    const row = input.find((line) => !isList(line) || line.length > 0);
    const depth = shapeOf(row).length + 1;
    if (row !== undefined && depth !== rank) throw rankError(`arrays ${depth} deep`, depth);
    const outer = input.length;
    if (rowLengths.length !== outer) rowLengths = new Int32Array(outer);
    let inner = 0;
    for (let i = 0; i < outer; i++) {
      const line: unknown = input[i];
      if (!isList(line)) throw expected("input", `input[${i}]`, "an array", show(line));
      rowLengths[i] = line.length;
      inner = Math.max(inner, line.length);
    }
    setSize(outer, inner);
    const short = rowLengths.findIndex((length) => length < inner);
    if (short < 0) return null;
    if (batch.timeMajor) throw expected("input", `input[${short}]`, `${inner} rows`, String(rowLengths[short]));
    return rowLengths;
  }

  function readValidity({ lengths, mask, semantics = standard }: RunOptions, ragged: Int32Array | null): void {
    const { rows, steps } = batch;
    const hasLengths = (ragged ?? lengths) != null;
    const hasMask = mask !== false && mask != null;
    if (mask === false && hasLengths) {
      throw expected("option", "mask", "a mask or none beside lengths or rows of different length", "false");
    }
    batch.useMasks = mask !== false;
    batch.semantics = resolveSemantics(semantics, hasLengths && !hasMask ? "tf1" : "keras");
    batch.validity = null;
    if (!hasLengths && !hasMask) return;
    if (bits.length !== rows * steps) bits = new Uint8Array(rows * steps);
    batch.validity = bits.fill(1);
    const { longLength } = batch.semantics;
    const clamp = longLength === "clamp" || (longLength === "clamp-forward" && !hasBidirectional);
    if (ragged) applyLengths(bits, rows, steps, ragged, clamp, batch.semantics);
    if (lengths != null) applyLengths(bits, rows, steps, lengths, clamp, batch.semantics);
    if (hasMask) applyMask(bits, rows, steps, mask);
  }

  /** @param source flat, or nested as deep as the rank */
  function copy(source: ArrayLike<unknown>, nested: boolean): void {
    const { rows, steps, timeMajor, validity } = batch;
    const width = inputs || 1;
    const size = rows * steps * width;
    if (copied.length !== size) copied = new (inputs ? Float32Array : Int32Array)(size);
    // What ragged rows leave out.
    if (nested && validity) copied.fill(0);
    const outer = timeMajor ? steps : rows;
    const inner = timeMajor ? rows : steps;
    for (let i = 0; i < outer; i++) {
      const line = nested ? (source[i] as ArrayLike<unknown>) : source;
      for (let j = 0, end = nested ? line.length : inner; j < end; j++) {
        const cell = timeMajor ? j * steps + i : i * steps + j;
        const at = nested ? j : i * inner + j;
        if (!inputs) {
          copied[cell] = readToken(line[at], vocabulary, validity?.[cell] !== 0, "input", cell, steps);
          continue;
        }
        const frame = nested ? line[at] : line;
        if (!isList(frame) || (nested && frame.length !== inputs)) {
          throw expected("input", showCell("input", cell, steps), `${inputs} features`, show(frame));
        }
        for (let k = 0, from = nested ? 0 : at * inputs, to = cell * inputs; k < inputs; k++) {
          const value = frame[from + k];
          if (typeof value !== "number") {
            throw expected("input", `${showCell("input", cell, steps)}, feature ${k}`, "a number", show(value));
          }
          copied[to + k] = value;
        }
      }
    }
  }

  function read(input: unknown, options: RunOptions): void {
    checkKeys(options, keys, "run");
    batch.timeMajor = readFlag(options.timeMajor, false, "timeMajor");
    const shaped = isShaped(input);
    if (!shaped && !Array.isArray(input)) throw rankError(show(input), 0);
    readValidity(options, shaped ? measureShaped(input) : measureNested(input));
    let data: unknown = shaped && input.data;
    if (!(data instanceof Float32Array && inputs && !batch.timeMajor)) {
      copy(shaped ? input.data : input, !shaped);
      data = copied;
    }
    batch[inputs ? "features" : "ids"] = data as Float32Array & Int32Array;
    const { initialState } = options;
    batch.initialStates = initialState == null ? noStates : readStates(initialState, slots, batch.rows);
  }

  return { batch, read };
}
