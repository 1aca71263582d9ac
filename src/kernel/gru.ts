import { expected } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import { type PaddingRule, paddingRule } from "../sequence/padding.ts";
import { Store } from "../sequence/sequence.ts";
import { lookUpFrame } from "./embedding.ts";
import { copy, type KernelMemory } from "./memory.ts";
import {
  advance,
  type Build,
  type Operation,
  type OperationFactory,
  type RunContext,
  type StreamContext,
  type StreamFrame,
} from "./operation.ts";
import { Recurrence } from "./recurrence.ts";
import type { Scratch } from "./scratch.ts";
import type { KernelSequence } from "./sequence.ts";

export const gruOperation: OperationFactory<GruLayer> = (layer, build) => {
  const slot = build.recurrences.length;
  const recurrence = addRecurrence(layer, build);
  build.embedding = null;
  return new GruOperation(recurrence, slot, build.memory, build.scratch);
};

/** Takes the next slot for a direction. */
export function addRecurrence(layer: GruLayer, { memory, scratch, recurrences, embedding }: Build): Recurrence {
  // An int8 layer brings its own, so that no bundle without such layers holds it.
  const Kind = (layer.int8?.Recurrence ?? Recurrence) as typeof Recurrence;
  const recurrence = new Kind(memory, scratch, layer, embedding);
  recurrences.push(recurrence);
  return recurrence;
}

/** One direction over a sequence, to what its layer gives. */
export class Direction {
  private readonly store = new Store();
  private started = new Uint8Array(0);

  constructor(
    readonly recurrence: Recurrence,
    private readonly slot: number,
  ) {}

  /**
   * @param rule what the cells hold that nothing was computed for
   * @param flip whether outputs stand by processing time
   */
  run(
    input: KernelSequence,
    { batch, states }: RunContext,
    target: Float32Array | null,
    rule: PaddingRule,
    flip: boolean,
  ): KernelSequence {
    const { layer } = this.recurrence;
    const { units, returnSequences, goBackwards } = layer;
    const { rows, steps, mask } = input;
    const { emptyState, lastOutput } = batch.semantics;
    if (mask && emptyState === "error") refuseEmptyRows(mask, rows, steps, layer.name);
    if (this.started.length !== rows) this.started = new Uint8Array(rows);
    const { started } = this;
    const state = states[this.slot];
    const data = target ?? this.store.take(rows * (returnSequences ? steps : 1) * units);
    const initial = batch.initialStates[this.slot] ?? null;
    this.recurrence.run(input, initial, state, started, returnSequences ? data : null, rule, flip);
    for (let row = 0; row < rows; row++) {
      const at = row * units;
      // The output at the last step in processing order, padded or not.
      const last = row * steps + (goBackwards ? 0 : steps - 1);
      const carried = rule === "carry-state" || (rule === "carry-output" && started[row]);
      const showsState = lastOutput === "state" || !mask || mask[last] || carried;
      const empty = emptyState === "zero" && !started[row];
      // As a last step the row shows what it carries; as a final state, what an empty row has.
      if (empty && lastOutput === "state") state.fill(0, at, at + units);
      if (!returnSequences) {
        data.fill(typeof rule === "object" ? rule.value : 0, at, at + units);
        if (showsState) copy(data, at, state, at, units);
      }
      if (empty) state.fill(0, at, at + units);
    }
    const after = { rows, features: units, data, embedding: null };
    return returnSequences ? { ...after, steps, mask } : { ...after, steps: 1, mask: null };
  }
}

/** A GRU layer in the kernel. */
class GruOperation implements Operation {
  private readonly direction: Direction;

  constructor(
    private readonly recurrence: Recurrence,
    private readonly slot: number,
    private readonly memory: KernelMemory,
    private readonly scratch: Scratch,
  ) {
    this.direction = new Direction(recurrence, slot);
  }

  upload(): void {
    this.recurrence.upload();
  }

  run(input: KernelSequence, context: RunContext, target: Float32Array | null): KernelSequence {
    const { semantics } = context.batch;
    const { layer } = this.recurrence;
    const flip = layer.goBackwards && semantics.backwardsOrder === "processing";
    return this.direction.run(input, context, target, paddingRule(layer, semantics), flip);
  }

  step(frame: StreamFrame, { semantics, started, states }: StreamContext): void {
    const { recurrence, memory, scratch } = this;
    const { stride, layer } = recurrence;
    const { units, returnSequences } = layer;
    const { first, rows, masked } = frame;
    if (!recurrence.embedding) lookUpFrame(memory, frame);
    const flags = started[this.slot];
    const { address, spare } = frame;
    const h = states[this.slot] + first * stride * 4;
    if (masked) {
      const rule = !returnSequences && semantics.lastOutput === "state" ? "carry-state" : paddingRule(layer, semantics);
      copy(memory.u8, scratch.started, flags, first, rows);
      recurrence.call(address, frame.stride, rows, 1, scratch.mask, h, scratch.started, spare, rule);
      copy(flags, first, memory.u8, scratch.started, rows);
    } else if (rows === 1) {
      // The path that has to be short.
      recurrence.step(address, h, spare);
      flags[first] = 1;
    } else {
      // Nothing is padding, so no rule comes in.
      recurrence.call(address, frame.stride, rows, 1, 0, h, scratch.started, spare, "zero");
      flags.fill(1, first, first + rows);
    }
    advance(frame, units, 4 * stride);
    // Without a sequence there is no mask either: in a stream every later layer has a step to do.
    if (!returnSequences) frame.masked = false;
  }
}

function refuseEmptyRows(mask: Uint8Array, rows: number, steps: number, name: string): void {
  for (let row = 0; row < rows; row++) {
    const valid = mask.indexOf(1, row * steps);
    if (valid < 0 || valid >= (row + 1) * steps) {
      throw expected("mask", name, 'a valid step in every row (emptyState: "error")', `none in row ${row}`);
    }
  }
}
