import { expected, show } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import { buildStack } from "../layers/stack.ts";
import { checkKeys } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import type { Floats, MaskTensor, Tensor } from "../tensor.ts";
import type { EngineFactory } from "./engine.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { createReader, type Input, type RunOptions } from "./input.ts";
import { stateTensor, zeroStates } from "./state.ts";
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
   * sizes of the run before, nothing is allocated.
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

const noOptions: RunOptions = Object.freeze({});

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
  resolveSemantics(semantics, "keras");
  const stack = buildStack(given);
  const { layers, slots, inputs, output } = stack;
  const { features, backwardFeatures, sequence, steps: outputSteps } = output;
  const engine = createEngine(layers);
  const { batch, read } = createReader(stack, semantics);
  /** Outputs before they are turned to time-major. */
  let batchMajor = new Float32Array(0);
  const results = {
    outputs: batchMajor as Float32Array,
    states: zeroStates(slots, 0),
    mask: null as Uint8Array | null,
  };
  /** By slot: what a stateful layer keeps, (B, H), null before its first run. */
  const kept: (Float32Array | null)[] = slots.map(() => null);
  /** By slot: what the engine begins with. */
  const initial = kept.slice();
  let print: Fingerprint | undefined;

  /** @param out where the outputs go, when they are `given` such a place */
  function compute(input: Input, options: RunOptions, given: boolean, out?: unknown): Floats {
    // Everything that can be refused is refused before anything changes.
    read(input, options);
    const { rows } = batch;
    const steps = outputSteps ?? batch.steps;
    for (let i = 0; i < slots.length; i++) {
      const state = batch.initialStates[i];
      const before = kept[i];
      const { units, name } = slots[i];
      if (!state && before && before.length !== rows * units) {
        const wanted = `a batch of ${before.length / units} rows, whose states are kept (resetStates forgets them)`;
        throw expected("state", name, wanted, String(rows));
      }
      initial[i] = state ?? before;
    }
    batch.initialStates = initial;
    const size = rows * (sequence ? steps : 1) * (features + backwardFeatures);
    const data = given ? out : new Float32Array(size);
    if (!(data instanceof Float32Array && data.length === size)) {
      throw expected("input", "out", `a Float32Array(${size})`, show(data));
    }

    if (slots.length && results.states[0].length !== rows * slots[0].units) results.states = zeroStates(slots, rows);
    const turn = batch.timeMajor && sequence;
    if (turn && batchMajor.length !== size) batchMajor = new Float32Array(size);
    results.outputs = turn ? batchMajor : data;
    results.mask = null;
    engine.run(batch, results);
    if (turn) {
      toTimeMajor(batchMajor, data, 0, rows, steps, features);
      toTimeMajor(batchMajor, data, rows * steps * features, rows, steps, backwardFeatures);
    }
    for (let i = 0; i < slots.length; i++) {
      if (!slots[i].stateful) continue;
      const state = results.states[i];
      if (kept[i]?.length === state.length) kept[i]?.set(state);
      else kept[i] = new Float32Array(state);
    }
    return data as Floats;
  }

  return {
    layers,
    inputShape: Object.freeze([null, null, ...(inputs ? [inputs] : [])]),
    outputShape: Object.freeze([null, ...(sequence ? [outputSteps ?? null] : []), features]),
    run(input, options = noOptions) {
      const data = compute(input, options, false);
      const { rows, timeMajor } = batch;
      const steps = outputSteps ?? batch.steps;
      const { mask, states } = results;
      const axes = sequence ? (timeMajor ? [steps, rows] : [rows, steps]) : [rows];
      const split = (data.length / (features + backwardFeatures)) * features;
      return {
        outputs: { data: data.subarray(0, split), shape: [...axes, features] },
        ...(backwardFeatures && {
          backwardOutputs: { data: data.subarray(split), shape: [...axes, backwardFeatures] },
        }),
        states: states.flatMap((state, i) => (slots[i].returnState ? stateTensor(state, rows) : [])),
        mask: mask && { data: new Uint8Array(mask), shape: [rows, steps] },
      };
    },
    runInto(out, input, options = noOptions) {
      compute(input, options, true, out instanceof Float32Array ? out : (out as Partial<Tensor> | null)?.data);
      return out;
    },
    stream: (options = {}) => createStream(engine, stack, () => (print ??= fingerprint(layers)), options, semantics),
    resetStates() {
      kept.fill(null);
    },
    summary: () => summarize(stack),
  };
}

/** (B, T, F) → (T, B, F), from an offset that both share. */
function toTimeMajor(
  from: Float32Array,
  to: Float32Array,
  offset: number,
  rows: number,
  steps: number,
  features: number,
): void {
  for (let row = 0, source = offset; row < rows; row++) {
    for (let step = 0; step < steps; step++) {
      for (let i = 0, target = offset + (step * rows + row) * features; i < features; i++)
        to[target++] = from[source++];
    }
  }
}
