import { expected, show } from "../errors.ts";
import type { Stack } from "../layers/stack.ts";
import { checkKeys, readFlag, readSize } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { readBit } from "../sequence/validity.ts";
import { type Bytes, type Floats, isList, type Tensor, type TypedArray } from "../tensor.ts";
import type { Engine, EngineStream } from "./engine.ts";
import { type Fingerprint, hash, wordsOf } from "./fingerprint.ts";
import { readSnapshot, type SnapshotOwner, writeSnapshot } from "./snapshot.ts";
import { type InitialState, readStates, stateTensor, zeroStates } from "./state.ts";
import { readToken } from "./token.ts";

/** How a stream is to behave. */
export interface StreamOptions {
  /** How many sequences advance together. Default 1. */
  readonly rows?: number | undefined;
  /** What an output holds at a step that is not valid. Default: the model's, else keras. */
  readonly semantics?: SemanticsOption | undefined;
  /** false: the layers make no masks. Default true. */
  readonly mask?: boolean | undefined;
  /** Where the stream begins, and begins again after a reset. Default zeros. */
  readonly initialState?: InitialState | null | undefined;
}

/** One step of input: features (rows, I); or token ids (rows), for a single row the id alone. */
export type Frame = TypedArray | readonly number[] | number;

/** Which rows take part in a step: for a single row a boolean will do. */
export type StepValidity = boolean | TypedArray | readonly (boolean | number)[];

/**
 * One or more sequences that advance a step at a time, over the weights of one model. The outputs have the bits that
 * `run` gives at the same step. A layer without `returnSequences` gives its output so far.
 */
export class Stream {
  /** The length of `out`: rows times features. */
  readonly outputSize: number;

  readonly #stack: Stack;
  readonly #engine: EngineStream;
  readonly #rows: number;
  readonly #frameSize: number;
  /** Where a frame goes that the engine cannot take as it is. */
  readonly #frame: Float32Array | Int32Array;
  /** (rows) */
  readonly #valid: Uint8Array;
  /** By slot (rows, H) */
  readonly #initial: readonly Float32Array[];
  /** A hash of what was chosen at creation. */
  readonly #rules: number;
  readonly #fingerprint: () => Fingerprint;

  /** @internal Use `model.stream`. */
  constructor(
    engine: Engine,
    stack: Stack,
    fingerprint: () => Fingerprint,
    options: StreamOptions,
    standard: SemanticsOption | undefined,
  ) {
    checkKeys(options, ["rows", "semantics", "mask", "initialState"], "stream");
    const { slots, inputs, output, late } = stack;
    if (late) throw expected("model", late, "a layer that goes forwards in a stream", "one that starts at the end");
    const { initialState = null } = options;
    const rows = readSize(options.rows ?? 1, "stream.rows");
    const semantics = resolveSemantics(options.semantics ?? standard, "keras");
    const useMasks = readFlag(options.mask, true, "stream.mask");
    const given = initialState === null ? [] : readStates(initialState, slots, rows);
    this.#initial = zeroStates(slots, rows).map((zeros, slot) => given[slot]?.slice() ?? zeros);
    this.#engine = engine.stream(rows, semantics, useMasks);
    this.#stack = stack;
    this.#rows = rows;
    this.#frameSize = rows * (inputs || 1);
    this.#frame = inputs ? new Float32Array(this.#frameSize) : new Int32Array(rows);
    this.#valid = new Uint8Array(rows);
    this.#rules = hash([wordsOf(JSON.stringify([semantics, useMasks]))], 0);
    this.#fingerprint = fingerprint;
    this.outputSize = rows * output.features;
    this.reset();
  }

  /**
   * Advances by one step. With a `Float32Array` for each (or token ids) nothing is allocated.
   *
   * @param frame (rows, I) features, or (rows) token ids; it must not share memory with `out`
   * @param out (rows, F), made when not given
   * @param valid (rows), whether the step counts, in place of the masks that layers make: one that does not changes no
   *   state, and its output is what the semantics say
   * @returns out
   * @throws CongruentError `input`, `token` or `mask`: the stream is where it was
   */
  step<Out extends Float32Array = Floats>(frame: Frame, out?: Out, valid?: StepValidity): Out {
    const target = out ?? new Float32Array(this.outputSize);
    if (!(target instanceof Float32Array && target.length === this.outputSize)) {
      throw expected("input", "out", `a Float32Array(${this.outputSize})`, show(target));
    }
    const mask = valid === undefined ? null : this.#readValid(valid);
    const isFrame = frame instanceof Float32Array && this.#stack.inputs > 0 && frame.length === this.#frameSize;
    this.#engine.step(isFrame ? frame : this.#readFrame(frame, mask), target, mask);
    return target as Out;
  }

  /** A copy of every state, in slot order: [rows, units]. */
  get state(): Tensor[] {
    return this.#readState().map((state) => stateTensor(state, this.#rows));
  }

  /** Begins a new sequence at these states; what a model's run returned will do. */
  set state(states: InitialState) {
    const given = readStates(states, this.#stack.slots, this.#rows);
    this.#begin(zeroStates(this.#stack.slots, this.#rows).map((zeros, slot) => given[slot] ?? zeros));
  }

  /** Begins a new sequence at the initial state. */
  reset(): void {
    this.#begin(this.#initial);
  }

  /** All that the stream remembers, as bytes that a stream of the same model can continue from, on any machine. */
  snapshot(): Bytes {
    return writeSnapshot(this.#owner(), { states: this.#readState(), started: this.#engine.started });
  }

  /**
   * Continues where a snapshot was taken.
   *
   * @throws CongruentError `state`: damaged bytes, or of another model, semantics or number of rows; the stream is where
   *   it was
   */
  restore(bytes: Uint8Array): void {
    const { states, started } = readSnapshot(this.#owner(), bytes);
    this.#engine.writeState(states);
    for (const [slot, flags] of started.entries()) this.#engine.started[slot].set(flags);
  }

  #owner(): SnapshotOwner {
    return { fingerprint: this.#fingerprint(), rules: this.#rules, rows: this.#rows, slots: this.#stack.slots };
  }

  #begin(states: readonly Float32Array[]): void {
    this.#engine.writeState(states);
    for (const flags of this.#engine.started) flags.fill(0);
  }

  #readState(): Float32Array[] {
    const states = zeroStates(this.#stack.slots, this.#rows);
    this.#engine.readState(states);
    return states;
  }

  #readValid(valid: StepValidity): Uint8Array {
    const rows = this.#rows;
    const single = rows === 1 && !isList(valid);
    const size = single ? 1 : (valid as ArrayLike<unknown>)?.length;
    if (size !== rows) throw expected("mask", "valid", `${rows}, one for each row`, show(valid));
    for (let row = 0; row < rows; row++) {
      this.#valid[row] = Number(readBit(single ? valid : (valid as ArrayLike<unknown>)[row], "valid", row, 1));
    }
    return this.#valid;
  }

  /** Checks a frame and copies it. Rows that do not take part may hold any id. */
  #readFrame(frame: Frame, mask: Uint8Array | null): Float32Array | Int32Array {
    const { vocabulary, inputs } = this.#stack;
    const target = this.#frame;
    const single = target.length === 1 && typeof frame === "number";
    if (!single && (!isList(frame) || frame.length !== target.length)) {
      throw expected("input", "frame", `${target.length} ${inputs ? "features" : "token ids"}`, show(frame));
    }
    for (let i = 0; i < target.length; i++) {
      const value: unknown = single ? frame : (frame as ArrayLike<unknown>)[i];
      if (inputs && typeof value !== "number") throw expected("input", `frame[${i}]`, "a number", show(value));
      target[i] = inputs ? (value as number) : readToken(value, vocabulary, mask?.[i] !== 0, "frame", i, 1);
    }
    return target;
  }
}
