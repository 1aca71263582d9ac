import type { Layer } from "../layers/layer.ts";
import { buildStack } from "../layers/stack.ts";
import { checkKeys } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import { createStore, turnAxes } from "../sequence/sequence.ts";
import { checkOut, type MaskTensor, type Tensor } from "../tensor.ts";
import type { EngineFactory, Results } from "./engine.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { createReader, type Input, type RunOptions } from "./input.ts";
import { copyRows, zeroStates } from "./state.ts";
import { createStream, type Stream, type StreamOptions } from "./stream.ts";
import { summarize } from "./summary.ts";

/** What a run gives. */
export interface RunResult {
  /** [batch, time, features], or [batch, features] when the stack does not return a sequence. */
  readonly outputs: Tensor;
  /** The backward direction's, when the last layer merges `none`. */
  readonly backwardOutputs?: Tensor;
  /**
   * [batch, units]: the final state of every recurrent direction whose `returnState` is not false (it is true by
   * default, unlike Keras's), in layer order, forward before backward.
   */
  readonly states: Tensor[];
  /** The mask behind the last layer, [batch, time]; null where there is none. */
  readonly mask: MaskTensor | null;
}

/** What a model is told at creation. */
export interface ModelOptions {
  /** What runs and streams follow that are not told. Default: keras; tf1 in a run with lengths and no mask. */
  readonly semantics?: SemanticsOption | undefined;
}

/** A stack of layers, ready to run. All its methods are synchronous, and one that throws changes nothing. */
export interface Model {
  /** Every layer, with its final name. */
  readonly layers: readonly Layer[];
  /** null where any size will do: [batch, time, features], or [batch, time] for token ids. */
  readonly inputShape: readonly (number | null)[];
  /** [batch, time, features] or [batch, features] */
  readonly outputShape: readonly (number | null)[];

  /**
   * Runs a batch.
   *
   * @throws CongruentError `option`, `input`, `token`, `lengths`, `mask`, `state` or `memory`
   * @example const { outputs, states } = model.run([[1, 2, 1], [0, 1]]);
   */
  run(input: Input, options?: RunOptions): RunResult;

  /**
   * Runs a batch into memory of the caller's. With flat input (`{ data, shape }`, a `Float32Array` or token ids) and the
   * sizes of the run before, no array is allocated, only some small objects: half a kilobyte, whatever the sizes.
   *
   * @param out outputs of exactly the right length; with merge mode none the backward ones follow the forward ones. It
   *   must not share memory with the input.
   * @returns out
   * @throws CongruentError as {@link run} does, and `input` when out does not fit
   */
  runInto<Out extends Float32Array | { readonly data: Float32Array }>(
    out: Out,
    input: Input,
    options?: RunOptions,
  ): Out;

  /**
   * A cursor over time: one frame in, one output out, with the bits that {@link run} gives.
   *
   * @throws CongruentError `option` or `state`; `model` when a layer needs the future (bidirectional, goBackwards)
   * @example
   * const stream = model.stream();
   * stream.step(frame, out);
   */
  stream(options?: StreamOptions): Stream;

  /** Makes stateful layers forget: their next run begins with zeros, and may have another batch size. */
  resetStates(): void;

  /** The layers as a table in plain text. */
  summary(): string;
}

/**
 * Checks a stack and gives it to an engine.
 *
 * @throws CongruentError `model` when the layers do not fit together, `memory` when they do not fit the engine, `option`
 */
export function createModelWith(
  createEngine: EngineFactory,
  given: readonly Layer[],
  options: ModelOptions = {},
): Model {
  checkKeys(options, ["semantics"], "createModel");
  const { semantics } = options;
  resolveSemantics("keras", semantics);
  const stack = buildStack(given);
  const { layers, slots, inputs, output } = stack;
  const { features, backwardFeatures, sequence } = output;
  const engine = createEngine(stack);
  /** By slot: what a stateful layer keeps, (B, H), nothing before its first run. */
  const kept: Float32Array[] = [];
  const { batch, read } = createReader(stack, semantics, kept);
  /** Outputs before they are turned to time-major. */
  const batchMajor = createStore();
  const results = {} as { -readonly [Part in keyof Results]: Results[Part] };
  /** B of the results */
  let room = 0;
  let print: Fingerprint | undefined;

  /** T of the outputs, 1 where they have no time axis. */
  const stepsOf = (): number => (sequence ? (output.steps ?? batch.steps) : 1);

  /** How many outputs the batch has, of one direction or of both. */
  const sizeOf = (width: number): number => batch.rows * stepsOf() * width;

  /** Runs the batch that was read. Everything that can be refused was refused then, before anything changes. */
  function compute(data: Float32Array): void {
    const { rows, timeMajor } = batch;
    if (room !== rows) results.states = zeroStates(slots, rows);
    room = rows;
    const turn = timeMajor && sequence;
    results.outputs = turn ? batchMajor(data.length) : data;
    engine.run(batch, results);
    if (turn) {
      turnAxes(results.outputs, data, 0, rows, stepsOf(), features);
      turnAxes(results.outputs, data, sizeOf(features), rows, stepsOf(), backwardFeatures);
    }
    for (let i = 0; i < slots.length; i++) {
      const state = results.states[i];
      if (!slots[i].stateful) continue;
      if (kept[i]?.length === state.length) kept[i].set(state);
      else kept[i] = state.slice();
    }
  }

  return {
    layers,
    inputShape: Object.freeze([null, null, ...(inputs ? [inputs] : [])]),
    outputShape: Object.freeze([null, ...(sequence ? [output.steps ?? null] : []), features]),
    run(input, options) {
      read(input, options);
      const data = new Float32Array(sizeOf(features + backwardFeatures));
      compute(data);
      const { rows, timeMajor } = batch;
      const axes = sequence ? (timeMajor ? [stepsOf(), rows] : [rows, stepsOf()]) : [rows];
      return {
        outputs: { data: data.subarray(0, sizeOf(features)), shape: [...axes, features] },
        ...(backwardFeatures && {
          backwardOutputs: { data: data.subarray(sizeOf(features)), shape: [...axes, backwardFeatures] },
        }),
        states: results.states.flatMap((state, i) => (slots[i].returnState ? copyRows(state, rows) : [])),
        mask: results.mask && copyRows(results.mask, rows),
      };
    },
    runInto(out, input, options) {
      read(input, options);
      const data = out instanceof Float32Array ? out : (out as Partial<Tensor> | null)?.data;
      checkOut(data, sizeOf(features + backwardFeatures));
      compute(data);
      return out;
    },
    stream: (options = {}) => createStream(engine, stack, () => (print ??= fingerprint(layers)), options, semantics),
    resetStates() {
      kept.length = 0;
    },
    summary: () => summarize(stack),
  };
}
