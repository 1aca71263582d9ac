import { bits, copyElements, type ElementKind, inputElements } from "../element.ts";
import { type CongruentErrorCode, expected, show } from "../errors.ts";
import type { Stack } from "../layers/stack.ts";
import { checkKeys, readOption, readSize } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { type Bytes, checkOut, type Floats, isList, type Tensor, type TypedArray } from "../tensor.ts";
import type { Engine } from "./engine.ts";
import { type Fingerprint, hash, wordsOf } from "./fingerprint.ts";
import { readSnapshot, snapshotParts, writeSnapshot } from "./snapshot.ts";
import { copyRows, type InitialState, readStates, zeroStates } from "./state.ts";

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
  checkKeys(options, ["rows", "mask", "semantics", "initialState"], "stream");
  if (late) throw expected("model", "stream", "layers that need no later steps", late);
  const rows = readSize(options.rows ?? 1, "stream.rows");
  const semantics = resolveSemantics("keras", options.semantics ?? standard);
  const useMasks = readOption(options.mask, true, "stream.mask");
  /** By slot (rows, H) */
  function complete(given: unknown): Float32Array[] {
    const states = readStates(given, slots, rows);
    return zeroStates(slots, rows).map((zeros, i) => states[i]?.slice() ?? zeros);
  }
  const initial = complete(options.initialState);
  const stream = engine.stream(rows, semantics, useMasks);
  const { started } = stream;
  const size = rows * (inputs || 1);
  /** (rows), of the step at hand */
  let mask: Uint8Array | null = null;
  /** For frames that the engine cannot take as they are. */
  const readFrame = listReader<Float32Array | Int32Array>(
    new (inputs ? Float32Array : Int32Array)(size),
    inputElements(vocabulary, "frame", (row) => mask?.[row] === 0),
    "input",
  );
  const readValid = listReader(new Uint8Array(rows), bits("valid"), "mask");
  const outputSize = rows * output.features;
  /** A hash of what was chosen at creation. */
  const rules = hash([wordsOf(JSON.stringify([semantics, useMasks]))], 0);
  const parts = () => snapshotParts(fingerprint(), rows, rules, stream.states(), started);

  function begin(states: readonly Float32Array[]): void {
    stream.states().forEach((state, i) => {
      state.set(states[i]);
      started[i].fill(0);
    });
  }

  begin(initial);
  return {
    outputSize,

    step<Out extends Float32Array = Floats>(frame: Frame, out?: Out, valid?: StepValidity): Out {
      const target = out ?? new Float32Array(outputSize);
      checkOut(target, outputSize);
      mask = valid === undefined ? null : readValid(valid);
      const isFrame = inputs > 0 && frame instanceof Float32Array && frame.length === size;
      stream.step(isFrame ? frame : readFrame(frame), target, mask);
      return target as Out;
    },

    get state(): Tensor[] {
      return stream.states().map((state) => copyRows(state, rows));
    },

    set state(states: InitialState) {
      begin(complete(states));
    },

    reset() {
      begin(initial);
    },

    snapshot: () => writeSnapshot(parts()),

    restore(bytes) {
      readSnapshot(parts(), bytes);
    },
  };
}

/**
 * Reads as many elements as a list has, checked, into that list. One alone may be given as it is.
 *
 * @param code of the error when there are more or less
 */
function listReader<List extends Float32Array | Int32Array | Uint8Array>(
  list: List,
  kind: ElementKind,
  code: CongruentErrorCode,
): (given: unknown) => List {
  const shape = [list.length];
  const alone: unknown[] = [0];
  return (given) => {
    let data = given;
    if (!isList(given)) {
      alone[0] = given;
      data = alone;
    }
    if ((data as typeof alone).length !== list.length) {
      throw expected(code, kind.where, `${list.length} elements`, show(given));
    }
    copyElements(list, data as typeof alone, shape, kind);
    return list;
  };
}
