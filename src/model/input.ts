import { copyElements, inputElements } from "../element.ts";
import type { Stack } from "../layers/stack.ts";
import { checkKeys, checkOption, readOption } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { createStore, turnAxes } from "../sequence/sequence.ts";
import { applyLengths, type Lengths, type Mask, readMask } from "../sequence/validity.ts";
import { flatten, type Nested, type TypedArray } from "../tensor.ts";
import type { Batch } from "./engine.ts";
import { type InitialState, readStates } from "./state.ts";

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

/** Reads batches into one that engines take. It is used again for every run, and grows when a size changes. */
export interface InputReader {
  readonly batch: { -readonly [Key in keyof Batch]: Batch[Key] } & {
    timeMajor: boolean;
  };
  /**
   * Checks everything there is to check before a run, but for rows without a valid step: engines refuse those.
   *
   * @throws CongruentError `option`, `input`, `token`, `lengths`, `mask` or `state`
   */
  read(input: unknown, options?: RunOptions): void;
}

/**
 * A reader for what a stack takes.
 *
 * @param standard the semantics of runs that are not told
 * @param kept by slot: what a run begins with where it is given no state
 */
export function createReader(
  { layers, slots, inputs, vocabulary }: Stack,
  standard: SemanticsOption | undefined,
  kept: readonly Float32Array[],
): InputReader {
  const kind = inputElements(vocabulary, "input", (i) => {
    const { rows, steps, timeMajor, validity } = batch;
    return validity?.[timeMajor ? (i % rows) * steps + Math.floor(i / rows) : i] === 0;
  });
  const frame = inputs ? [inputs] : [];
  const hasBidirectional = layers.some((layer) => layer.kind === "bidirectional");
  const Elements: new (size: number) => Float32Array | Int32Array = inputs ? Float32Array : Int32Array;
  /** Where a copy of the input goes: (B, T, I) or (B, T) */
  const copied = createStore(Elements);
  /** The same, where the copy is time-major */
  const turned = createStore(Elements);
  /** (B, T) */
  const bits = createStore(Uint8Array);
  /** (B), of arrays in arrays */
  const ragged: number[] = [];
  const wanted = [
    ["batch", "time", ...frame],
    ["time", "batch", ...frame],
  ];
  const batch = {} as InputReader["batch"];

  return {
    batch,
    read(input, options = {}) {
      checkKeys(options, keys, "run");
      const { lengths, mask, semantics = standard, initialState } = options;
      const timeMajor = readOption(options.timeMajor, false, "timeMajor");
      ragged.length = 0;
      const { data, shape } = flatten(
        input,
        "input",
        "input",
        wanted[Number(timeMajor)],
        timeMajor ? undefined : ragged,
      );
      const rows = shape[timeMajor ? 1 : 0];
      const steps = shape[timeMajor ? 0 : 1];
      const isRagged = ragged.some((length) => length < steps);
      const hasLengths = lengths != null || isRagged;
      const hasMask = mask !== false && mask != null;
      checkOption(mask !== false || !hasLengths, "mask", "a mask or none beside lengths or ragged rows", mask);
      batch.timeMajor = timeMajor;
      batch.rows = rows;
      batch.steps = steps;
      batch.useMasks = mask !== false;
      batch.semantics = resolveSemantics(hasLengths && !hasMask ? "tf1" : "keras", semantics);
      batch.validity = null;
      if (hasLengths || hasMask) {
        const valid = bits(rows * steps).fill(1);
        if (hasMask) readMask(valid, rows, steps, mask);
        if (isRagged) applyLengths(valid, rows, steps, ragged, batch.semantics, hasBidirectional);
        if (lengths != null) applyLengths(valid, rows, steps, lengths, batch.semantics, hasBidirectional);
        batch.validity = valid;
      }
      batch.data = data as Float32Array;
      if (!(data instanceof Float32Array && inputs)) {
        batch.data = copied(data.length);
        copyElements(batch.data, data, shape, kind);
      }
      if (timeMajor) {
        const timeFirst = batch.data;
        batch.data = turned(data.length);
        turnAxes(timeFirst, batch.data, 0, steps, rows, inputs || 1);
      }
      batch.initialStates = readStates(initialState, slots, rows, kept);
    },
  };
}
