import { expected } from "../errors.ts";
import type { GruLayer } from "../layers/layer.ts";
import { type PaddingRule, paddingRule } from "../sequence/padding.ts";
import { Store } from "../sequence/sequence.ts";
import { lookUpFrame } from "./embedding.ts";
import { copy } from "./memory.ts";
import { advance, type Build, type OperationFactory, type RunContext } from "./operation.ts";
import { addRecurrence } from "./recurrence.ts";
import type { KernelSequence } from "./sequence.ts";

/** A GRU layer in the kernel. */
export const gruOperation: OperationFactory<GruLayer> = (layer, build) => {
  const { memory, scratch, recurrences } = build;
  const { units, returnSequences, goBackwards } = layer;
  const slot = recurrences.length;
  const run = addDirection(layer, build);
  const recurrence = recurrences[slot];
  const { stride } = recurrence;
  build.embedding = null;

  return {
    run(input, context, target) {
      const { semantics } = context.batch;
      const flip = goBackwards && semantics.backwardsOrder === "processing";
      return run(input, context, target, paddingRule(layer, semantics), flip);
    },

    step(frame, { semantics, started, states }) {
      const { first, rows, masked } = frame;
      if (!recurrence.embedding) lookUpFrame(memory, frame);
      const flags = started[slot];
      const { address, spare } = frame;
      const h = states[slot] + first * stride * 4;
      if (masked) {
        const rule =
          !returnSequences && semantics.lastOutput === "state" ? "carry-state" : paddingRule(layer, semantics);
        copy(memory.u8, scratch.started, flags, first, rows);
        recurrence.call(address, frame.stride, rows, 1, scratch.mask, h, spare, rule);
        copy(flags, first, memory.u8, scratch.started, rows);
      } else {
        if (rows === 1) {
          // The path that has to be short.
          recurrence.step(address, h, spare);
        } else {
          // Nothing is padding, so no rule comes in.
          recurrence.call(address, frame.stride, rows, 1, 0, h, spare, "zero");
        }
        for (let i = 0; i < rows; i++) flags[first + i] = 1;
      }
      advance(frame, units, 4 * stride);
      // Without a sequence there is no mask either: in a stream every later layer has a step to do.
      if (!returnSequences) frame.masked = false;
    },
  };
};

/**
 * Runs one direction over a sequence, to what its layer gives.
 *
 * @param rule what the cells hold that nothing was computed for
 * @param flip whether outputs stand by processing time
 */
type RunDirection = (
  input: KernelSequence,
  context: RunContext,
  target: Float32Array | null,
  rule: PaddingRule,
  flip: boolean,
) => KernelSequence;

/** Takes the next slot for a direction. */
export function addDirection(layer: GruLayer, build: Build): RunDirection {
  const { units, returnSequences, goBackwards } = layer;
  const slot = build.recurrences.length;
  const recurrence = addRecurrence(layer, build);
  const store = new Store();
  let started = new Uint8Array(0);

  return (input, { batch, states }, target, rule, flip) => {
    const { rows, steps, mask } = input;
    const { emptyState, lastOutput } = batch.semantics;
    if (mask && emptyState === "error") refuseEmptyRows(mask, rows, steps, layer.name);
    if (started.length !== rows) started = new Uint8Array(rows);
    const state = states[slot];
    const data = target ?? store.take(rows * (returnSequences ? steps : 1) * units);
    recurrence.run(input, batch.initialStates[slot], state, started, returnSequences ? data : null, rule, flip);
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
  };
}

function refuseEmptyRows(mask: Uint8Array, rows: number, steps: number, name: string): void {
  for (let row = 0; row < rows; row++) {
    const valid = mask.indexOf(1, row * steps);
    if (valid < 0 || valid >= (row + 1) * steps) {
      throw expected("mask", name, 'a valid step in every row (emptyState: "error")', `none in row ${row}`);
    }
  }
}
