import { expected, show } from "../errors.ts";
import type { Stack } from "../layers/stack.ts";
import { checkKeys, readFlag, readSize } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { readBit } from "../sequence/validity.ts";
import { type Bytes, type Floats, isList, type Tensor, type TypedArray } from "../tensor.ts";
import type { Engine } from "./engine.ts";
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
export interface Stream {
  /** The length of `out`: rows times features. */
  readonly outputSize: number;

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
  step<Out extends Float32Array = Floats>(frame: Frame, out?: Out, valid?: StepValidity): Out;

  /** A copy of every state, in slot order: [rows, units]. */
  get state(): Tensor[];

  /** Begins a new sequence at these states; what a model's run returned will do. */
  set state(states: InitialState);

  /** Begins a new sequence at the initial state. */
  reset(): void;

  /** All that the stream remembers, as bytes that a stream of the same model can continue from, on any machine. */
  snapshot(): Bytes;

  /**
   * Continues where a snapshot was taken.
   *
   * @throws CongruentError `state`: damaged bytes, or of another model, semantics or number of rows; the stream is where
   *   it was
   */
  restore(bytes: Uint8Array): void;
}

/**
 * Makes a stream.
 *
 * @param fingerprint of the model
 * @param standard semantics where the options say nothing
 * @throws CongruentError `option` or `state`; `model` when a layer needs the future
 */
export function createStream(
  engine: Engine,
  { slots, inputs, vocabulary, output, late }: Stack,
  fingerprint: () => Fingerprint,
  options: StreamOptions,
  standard: SemanticsOption | undefined,
): Stream {
  checkKeys(options, ["rows", "semantics", "mask", "initialState"], "stream");
  if (late) throw expected("model", late, "a layer that goes forwards in a stream", "one that starts at the end");
  const rows = readSize(options.rows ?? 1, "stream.rows");
  const semantics = resolveSemantics(options.semantics ?? standard, "keras");
  const useMasks = readFlag(options.mask, true, "stream.mask");
  /** By slot (rows, H) */
  const complete = (given: unknown) => {
    const states = readStates(given, slots, rows);
    return zeroStates(slots, rows).map((zeros, slot) => states[slot]?.slice() ?? zeros);
  };
  const initial = complete(options.initialState ?? slots.map(() => null));
  const stream = engine.stream(rows, semantics, useMasks);
  const { started } = stream;
  const size = rows * (inputs || 1);
  /** Where a frame goes that the engine cannot take as it is. */
  const copied = inputs ? new Float32Array(size) : new Int32Array(size);
  /** (rows) */
  const flags = new Uint8Array(rows);
  const outputSize = rows * output.features;
  /** A hash of what was chosen at creation. */
  const rules = hash([wordsOf(JSON.stringify([semantics, useMasks]))], 0);
  const owner = (): SnapshotOwner => ({ fingerprint: fingerprint(), rules, rows, slots });

  function begin(states: readonly Float32Array[]): void {
    stream.writeState(states);
    for (const flags of started) flags.fill(0);
  }

  function readState(): Float32Array[] {
    const states = zeroStates(slots, rows);
    stream.readState(states);
    return states;
  }

  function readValid(valid: StepValidity): Uint8Array {
    const single = rows === 1 && !isList(valid);
    if (!single && (valid as ArrayLike<unknown>)?.length !== rows) {
      throw expected("mask", "valid", `${rows}, one for each row`, show(valid));
    }
    for (let row = 0; row < rows; row++) {
      flags[row] = Number(readBit(single ? valid : (valid as ArrayLike<unknown>)[row], "valid", row, 1));
    }
    return flags;
  }

  /** Checks a frame and copies it. Rows that do not take part may hold any id. */
  function readFrame(frame: Frame, mask: Uint8Array | null): Float32Array | Int32Array {
    const single = size === 1 && typeof frame === "number";
    if (!single && (!isList(frame) || frame.length !== size)) {
      throw expected("input", "frame", `${size} ${inputs ? "features" : "token ids"}`, show(frame));
    }
    for (let i = 0; i < size; i++) {
      const value: unknown = single ? frame : (frame as ArrayLike<unknown>)[i];
      if (inputs && typeof value !== "number") throw expected("input", `frame[${i}]`, "a number", show(value));
      copied[i] = inputs ? (value as number) : readToken(value, vocabulary, mask?.[i] !== 0, "frame", i, 1);
    }
    return copied;
  }

  begin(initial);
  return {
    outputSize,

    step<Out extends Float32Array = Floats>(frame: Frame, out?: Out, valid?: StepValidity): Out {
      const target = out ?? new Float32Array(outputSize);
      if (!(target instanceof Float32Array && target.length === outputSize)) {
        throw expected("input", "out", `a Float32Array(${outputSize})`, show(target));
      }
      const mask = valid === undefined ? null : readValid(valid);
      const isFrame = inputs > 0 && frame instanceof Float32Array && frame.length === size;
      stream.step(isFrame ? frame : readFrame(frame, mask), target, mask);
      return target as Out;
    },

    get state(): Tensor[] {
      return readState().map((state) => stateTensor(state, rows));
    },

    set state(states: InitialState) {
      begin(complete(states));
    },

    reset() {
      begin(initial);
    },

    snapshot: () => writeSnapshot(owner(), { states: readState(), started }),

    restore(bytes) {
      const given = readSnapshot(owner(), bytes);
      stream.writeState(given.states);
      given.started.forEach((flags, slot) => {
        started[slot].set(flags);
      });
    },
  };
}
