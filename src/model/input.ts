import { type CongruentError, expected, show, showCell, showShape } from "../errors.ts";
import type { Stack } from "../layers/stack.ts";
import { checkKeys, readFlag } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { presets, type Semantics } from "../sequence/semantics.ts";
import { applyLengths, applyMask, type Lengths, type Mask } from "../sequence/validity.ts";
import { checkShaped, isList, isShaped, type Nested, type TypedArray } from "../tensor.ts";
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
export class InputReader implements Batch {
  rows = 0;
  steps = 0;
  features: Float32Array | null = null;
  ids: Int32Array | null = null;
  validity: Uint8Array | null = null;
  useMasks = true;
  semantics: Semantics = presets.keras;
  initialStates: readonly (Float32Array | null)[] = noStates;
  timeMajor = false;

  readonly #stack: Stack;
  readonly #semantics: SemanticsOption | undefined;
  /** Where a copy of the input goes: (B, T, I) or (B, T) */
  #features = new Float32Array(0);
  #ids = new Int32Array(0);
  /** (B, T) */
  #validity = new Uint8Array(0);
  /** (B), of ragged rows */
  #rowLengths = new Int32Array(0);

  /** @param semantics of runs that are not told */
  constructor(stack: Stack, semantics?: SemanticsOption) {
    this.#stack = stack;
    this.#semantics = semantics;
  }

  /**
   * Checks everything there is to check before a run, but for rows without a valid step: engines refuse those.
   *
   * @throws CongruentError `option`, `input`, `token`, `lengths`, `mask` or `state`
   */
  read(input: unknown, options: RunOptions): void {
    checkKeys(options, keys, "run");
    this.timeMajor = readFlag(options.timeMajor, false, "timeMajor");
    const shaped = isShaped(input);
    if (!shaped && !Array.isArray(input)) throw this.#rankError(show(input), 0);
    const ragged = shaped ? this.#measureShaped(input) : this.#measureNested(input);
    this.#readValidity(options, ragged);
    if (shaped && input.data instanceof Float32Array && this.#stack.inputs && !this.timeMajor) {
      this.features = input.data;
    } else {
      this.#copy(shaped ? input.data : input, !shaped);
    }
    const { initialState = null } = options;
    this.initialStates = initialState === null ? noStates : readStates(initialState, this.#stack.slots, this.rows);
  }

  /** The number of axes that the input has to have. */
  get #rank(): number {
    return this.#stack.inputs ? 3 : 2;
  }

  #rankError(given: string, rank: number): CongruentError {
    const time = this.timeMajor ? ["time", "batch"] : ["batch", "time"];
    const { inputs } = this.#stack;
    const wanted = inputs ? `features ${showShape([...time, inputs])}` : `token ids ${showShape(time)}`;
    const single = rank === this.#rank - 1 && !this.timeMajor;
    const hint = single ? ": to make a batch of one, wrap it in an array (shape [1, …])" : "";
    return expected("input", "input", `${wanted} as nested arrays or { data, shape }`, given + hint);
  }

  /** Axes 0 and 1 of the input → rows and steps. */
  #setSize(outer: number, inner: number): void {
    this.rows = this.timeMajor ? inner : outer;
    this.steps = this.timeMajor ? outer : inner;
    if (!outer || !inner) throw expected("input", "input", "a row and a step at least", showShape([outer, inner]));
  }

  #measureShaped(input: { data: ArrayLike<unknown>; shape: readonly number[] }): null {
    const { shape } = input;
    const { inputs } = this.#stack;
    if (shape.length !== this.#rank || (inputs && shape[2] !== inputs)) {
      throw this.#rankError(`shape ${showShape(shape)}`, shape.length);
    }
    checkShaped(input, "input", "input");
    this.#setSize(shape[0], shape[1]);
    return null;
  }

  /** @returns the rows' lengths where they differ */
  #measureNested(input: readonly unknown[]): Int32Array | null {
    // Rows can be empty: the first one that is not tells the depth.
    const row = input.find((line) => !isList(line) || line.length > 0);
    let depth = 1;
    for (let part: unknown = row; isList(part); part = part[0]) depth++;
    if (row !== undefined && depth !== this.#rank) throw this.#rankError(`arrays ${depth} deep`, depth);
    const outer = input.length;
    if (this.#rowLengths.length !== outer) this.#rowLengths = new Int32Array(outer);
    const lengths = this.#rowLengths;
    let inner = 0;
    for (let i = 0; i < outer; i++) {
      const line: unknown = input[i];
      if (!isList(line)) throw expected("input", `input[${i}]`, "an array", show(line));
      lengths[i] = line.length;
      inner = Math.max(inner, line.length);
    }
    this.#setSize(outer, inner);
    const short = lengths.findIndex((length) => length < inner);
    if (short < 0) return null;
    if (this.timeMajor) throw expected("input", `input[${short}]`, `${inner} rows`, String(lengths[short]));
    return lengths;
  }

  #readValidity(options: RunOptions, ragged: Int32Array | null): void {
    const { rows, steps } = this;
    const { layers } = this.#stack;
    const { lengths = null, mask = null, semantics = this.#semantics } = options;
    const explicit = (mask !== null && mask !== false) || lengths !== null || ragged !== null;
    if (mask === false && explicit) {
      throw expected("option", "mask", "a mask or none beside lengths or rows of different length", "false");
    }
    this.useMasks = mask !== false;
    this.semantics = resolveSemantics(semantics, explicit && mask === null ? "tf1" : "keras");
    this.validity = null;
    if (!explicit) return;
    if (this.#validity.length !== rows * steps) this.#validity = new Uint8Array(rows * steps);
    const validity = this.#validity.fill(1);
    const { longLength } = this.semantics;
    const clamp = longLength === "clamp" || (longLength === "clamp-forward" && !layers.some(isBidirectional));
    if (ragged) applyLengths(validity, rows, steps, ragged, clamp, this.semantics);
    if (lengths !== null) applyLengths(validity, rows, steps, lengths, clamp, this.semantics);
    if (mask !== null) applyMask(validity, rows, steps, mask);
    this.validity = validity;
  }

  /** @param source flat, or nested as deep as the rank */
  #copy(source: ArrayLike<unknown>, nested: boolean): void {
    const { rows, steps, timeMajor, validity } = this;
    const { inputs, vocabulary } = this.#stack;
    const size = rows * steps;
    if (inputs) {
      if (this.#features.length !== size * inputs) this.#features = new Float32Array(size * inputs);
      this.features = this.#features;
    } else {
      if (this.#ids.length !== size) this.#ids = new Int32Array(size);
      this.ids = this.#ids;
    }
    const target = inputs ? this.#features : this.#ids;
    // What ragged rows leave out.
    if (nested && validity) target.fill(0);
    const outer = timeMajor ? steps : rows;
    const inner = timeMajor ? rows : steps;
    for (let i = 0; i < outer; i++) {
      const line = nested ? (source[i] as ArrayLike<unknown>) : source;
      for (let j = 0, end = nested ? line.length : inner; j < end; j++) {
        const cell = timeMajor ? j * steps + i : i * steps + j;
        const at = nested ? j : i * inner + j;
        if (!inputs) {
          target[cell] = readToken(line[at], vocabulary, validity?.[cell] !== 0, "input", cell, steps);
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
          target[to + k] = value;
        }
      }
    }
  }
}

function isBidirectional({ kind }: { readonly kind: string }): boolean {
  return kind === "bidirectional";
}
