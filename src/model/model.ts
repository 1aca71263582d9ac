import { expected, show } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import { buildStack, type Stack } from "../layers/stack.ts";
import { checkKeys } from "../options.ts";
import { resolveSemantics, type SemanticsOption } from "../sequence/resolve.ts";
import type { Floats, MaskTensor, Tensor } from "../tensor.ts";
import type { Engine, EngineFactory, Results } from "./engine.ts";
import { type Fingerprint, fingerprint } from "./fingerprint.ts";
import { type Input, InputReader, type RunOptions } from "./input.ts";
import { stateTensor, zeroStates } from "./state.ts";
import { Stream, type StreamOptions } from "./stream.ts";
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

const noOptions: RunOptions = Object.freeze({});

/** A stack of layers, ready to run. All its methods are synchronous, and one that throws changes nothing. */
export class Model {
  /** Every layer, with its final name. */
  readonly layers: readonly Layer[];
  /** null where any size will do: [batch, time, features], or [batch, time] for token ids. */
  readonly inputShape: readonly (number | null)[];
  /** [batch, time, features] or [batch, features] */
  readonly outputShape: readonly (number | null)[];

  readonly #engine: Engine;
  readonly #stack: Stack;
  readonly #semantics: SemanticsOption | undefined;
  readonly #batch: InputReader;
  readonly #results: Results & { outputs: Float32Array; states: Float32Array[] };
  /** By slot: what a stateful layer keeps, (B, H), null before its first run. */
  readonly #kept: (Float32Array | null)[];
  /** By slot: what the engine begins with */
  readonly #initial: (Float32Array | null)[];
  /** Outputs before they are turned to time-major. */
  #batchMajor = new Float32Array(0);
  #stateRows = 0;
  #fingerprint: Fingerprint | undefined;

  /** @internal Use `createModel`. */
  constructor(engine: Engine, stack: Stack, semantics?: SemanticsOption) {
    const { layers, slots, inputs, output } = stack;
    this.layers = layers;
    this.inputShape = Object.freeze([null, null, ...(inputs ? [inputs] : [])]);
    this.outputShape = Object.freeze([null, ...(output.sequence ? [output.steps ?? null] : []), output.features]);
    this.#engine = engine;
    this.#stack = stack;
    this.#semantics = semantics;
    this.#batch = new InputReader(stack, semantics);
    this.#results = { outputs: this.#batchMajor, states: [], mask: null };
    this.#kept = slots.map(() => null);
    this.#initial = slots.map(() => null);
  }

  /**
   * Runs a batch.
   *
   * @throws CongruentError `option`, `input`, `token`, `lengths`, `mask`, `state` or `memory`
   * @example const { outputs, states } = model.run([[1, 2, 1], [0, 1]]);
   */
  run(input: Input, options: RunOptions = noOptions): RunResult {
    this.#prepare(input, options);
    const { rows, timeMajor } = this.#batch;
    const steps = this.#outputSteps;
    const { slots, output } = this.#stack;
    const { features, backwardFeatures, sequence } = output;
    const data = new Float32Array(this.#outputSize());
    this.#compute(data);
    const { mask } = this.#results;
    const axes = sequence ? (timeMajor ? [steps, rows] : [rows, steps]) : [rows];
    const split = (data.length / (features + backwardFeatures)) * features;
    const result: RunResult = {
      outputs: { data: data.subarray(0, split), shape: [...axes, features] },
      ...(backwardFeatures && { backwardOutputs: { data: data.subarray(split), shape: [...axes, backwardFeatures] } }),
      states: this.#results.states.flatMap((state, i) => (slots[i].returnState ? [stateTensor(state, rows)] : [])),
      mask: mask && { data: new Uint8Array(mask), shape: [rows, steps] },
    };
    this.#keepStates();
    return result;
  }

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
    options: RunOptions = noOptions,
  ): Out {
    this.#prepare(input, options);
    const data: unknown = out instanceof Float32Array ? out : (out as Partial<Tensor> | null)?.data;
    const size = this.#outputSize();
    if (!(data instanceof Float32Array && data.length === size)) {
      throw expected("input", "out", `a Float32Array(${size})`, show(data));
    }
    this.#compute(data);
    this.#keepStates();
    return out;
  }

  /**
   * A cursor over time: one frame in, one output out, with the bits that {@link run} gives.
   *
   * @throws CongruentError `option` or `state`; `model` when a layer needs the future (bidirectional, goBackwards)
   * @example
   * const stream = model.stream();
   * stream.step(frame, out);
   */
  stream(options: StreamOptions = {}): Stream {
    const print = () => (this.#fingerprint ??= fingerprint(this.layers));
    return new Stream(this.#engine, this.#stack, print, options, this.#semantics);
  }

  /** Makes stateful layers forget: their next run begins with zeros, and may have another batch size. */
  resetStates(): void {
    this.#kept.fill(null);
  }

  /** The layers as a table in plain text. */
  summary(): string {
    return summarize(this.#stack);
  }

  /** T of the outputs, if they have steps. */
  get #outputSteps(): number {
    return this.#stack.output.steps ?? this.#batch.steps;
  }

  #outputSize(): number {
    const { features, backwardFeatures, sequence } = this.#stack.output;
    return this.#batch.rows * (sequence ? this.#outputSteps : 1) * (features + backwardFeatures);
  }

  /** Everything that can be refused is refused here. */
  #prepare(input: Input, options: RunOptions): void {
    const batch = this.#batch;
    batch.read(input, options);
    const { slots } = this.#stack;
    for (let i = 0; i < slots.length; i++) {
      const kept = this.#kept[i];
      const given = batch.initialStates[i] ?? null;
      const { units, name } = slots[i];
      if (!given && kept && kept.length !== batch.rows * units) {
        const wanted = `a batch of ${kept.length / units} rows, whose states are kept (resetStates forgets them)`;
        throw expected("state", name, wanted, String(batch.rows));
      }
      this.#initial[i] = given ?? kept;
    }
    batch.initialStates = this.#initial;
    if (this.#stateRows !== batch.rows) {
      this.#results.states = zeroStates(slots, batch.rows);
      this.#stateRows = batch.rows;
    }
  }

  #compute(out: Floats | Float32Array): void {
    const { rows, timeMajor } = this.#batch;
    const steps = this.#outputSteps;
    const { features, backwardFeatures, sequence } = this.#stack.output;
    const turn = timeMajor && sequence;
    if (turn && this.#batchMajor.length !== out.length) this.#batchMajor = new Float32Array(out.length);
    this.#results.outputs = turn ? this.#batchMajor : out;
    this.#results.mask = null;
    this.#engine.run(this.#batch, this.#results);
    if (!turn) return;
    toTimeMajor(this.#batchMajor, out, 0, rows, steps, features);
    toTimeMajor(this.#batchMajor, out, rows * steps * features, rows, steps, backwardFeatures);
  }

  /** After a run that went well. The arrays of before are the next results. */
  #keepStates(): void {
    const { states } = this.#results;
    const { slots } = this.#stack;
    for (let i = 0; i < slots.length; i++) {
      if (!slots[i].stateful) continue;
      const before = this.#kept[i];
      this.#kept[i] = states[i];
      states[i] = before?.length === states[i].length ? before : new Float32Array(states[i].length);
    }
  }
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

/**
 * Checks a stack and gives it to an engine.
 *
 * @throws CongruentError `model` when the layers do not fit together, `memory` when they do not fit the engine, `option`
 */
export function createModelWith(
  createEngine: EngineFactory,
  layers: readonly Layer[],
  options: ModelOptions = {},
): Model {
  checkKeys(options, ["semantics"], "createModel");
  const { semantics } = options;
  resolveSemantics(semantics, "keras");
  const stack = buildStack(layers);
  return new Model(createEngine(stack.layers), stack, semantics);
}
