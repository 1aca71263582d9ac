import { expected } from "../errors.ts";
import type { GruLayer, Layer } from "../layers/layer.ts";
import type { Batch, Results } from "../model/engine.ts";
import type { PaddingRule, paddingRule } from "../sequence/padding.ts";
import { createStore, type Sequence, type Store } from "../sequence/sequence.ts";
import { feedRows, type Matrices, type MatricesFactory, placeBias, placeMatrix } from "./matrix.ts";
import { copy, copyRows, padded } from "./memory.ts";
import type { Build, Operation } from "./operation.ts";
import { CELLS, PROJECTION, ROWS } from "./scratch.ts";

/** 4-byte fields of a Gru (assembly/gru.ts), those of its Packing included. The last two are of int8. */
export const FIELDS = 29;

/**
 * Floats up to which the projection of a whole embedding is made at load: 1 MB, a millisecond or two. Every step then
 * saves its input product; beyond that, a table would cost more memory and time than many short-lived models save.
 */
const TABLE = 1 << 18;

/** One direction of a GRU in the kernel: its weights, and the blocks in which a padded sequence goes through. */
export interface Direction extends Operation {
  /**
   * Runs a padded sequence: groups of rows, and blocks of steps.
   *
   * @param store gives what gets (B, T, F) by input time, or (B, F) where the layer does not return sequences
   * @param features F: H, or more where another direction writes there too
   * @param offset where the first cell is
   * @param pitch floats from one cell to the next
   * @returns the outputs with their mask
   * @throws CongruentError `mask`: a row has no valid step and the semantics refuse that
   */
  run(
    input: Sequence,
    batch: Batch,
    results: Results,
    store: Store,
    features?: number,
    offset?: number,
    pitch?: number,
  ): Sequence;
}

/**
 * Makes a direction, and places its weights.
 *
 * @param previous the layer before it: of an embedding it takes the ids
 * @param ruleOf what the cells hold that nothing was computed for
 * @param flips whether outputs may stand by processing time
 */
export function makeDirection(
  layer: GruLayer,
  build: Build,
  previous: Layer | undefined,
  ruleOf: typeof paddingRule,
  flips: boolean,
): Direction {
  const { exports } = build;
  const { inputs, units, resetAfter, goBackwards, returnSequences, weights, activation, recurrentActivation } = layer;
  const slot = build.slots.indexOf(layer);
  const stride = padded(units);
  const gates = 3 * stride;
  const struct = build.reserve(FIELDS);
  const matrices: Matrices = (layer.int8?.matrices as MatricesFactory)?.(layer, build, struct) ?? {
    place: (name, gates, first) => placeMatrix(build, weights[name], 3 * units, first, gates, units),
    multiply: exports.multiply,
  };
  const kernel = matrices.place("kernel", 3, 0);
  const recurrentKernel = matrices.place("recurrentKernel", resetAfter ? 3 : 2, 0);
  const recurrentCandidate = resetAfter ? 0 : matrices.place("recurrentKernel", 1, 2 * units);
  const bias = placeBias(build, weights.bias, 3, units);
  const recurrentBias = placeBias(build, weights.recurrentBias, 3, units);
  /** (V, 3·Hp): the projection of each row of the embedding in front; 0 for none */
  let table = 0;
  /** (V, E): the embedding itself, where there is no such table */
  let vectors = 0;
  /** What goes in for a step: I, or an id */
  let width = inputs;
  if (previous?.kind === "embedding") {
    const { vocabulary, weights } = previous;
    width = 1;
    if (vocabulary * gates > TABLE) {
      vectors = build.reserve(weights.length);
      build.f32.set(weights, vectors);
    } else {
      table = build.reserve(vocabulary * gates);
      // By the same kernel as any other input product, so with the same bits.
      feedRows(build, weights, inputs, inputs, (first, count) => {
        const y = table + first * gates;
        matrices.multiply(build.x, 0, inputs, count, kernel, inputs, gates / 4, bias, y, gates);
      });
    }
  }
  const integers = [
    // As addresses, in bytes.
    ...[...build.buffers, kernel, recurrentKernel, recurrentCandidate, bias, recurrentBias, vectors, table].map(
      (place) => 4 * place,
    ),
    Math.max(ROWS, Math.floor(PROJECTION / gates)),
    inputs,
    units,
    Number(resetAfter),
    Number(goBackwards),
    recurrentActivation.code,
    activation.code,
  ];
  const floats = [layer.clip, recurrentActivation.alpha, recurrentActivation.beta, activation.alpha, activation.beta];
  build.i32.set(integers, struct);
  build.f32.set(floats, struct + integers.length);

  /** By row: what follows its last valid step */
  const allEnds = createStore(Int32Array);
  /** The rows of a group, the one that ends last first */
  const order = new Int32Array(ROWS);

  /** A block whose parts are all in the kernel's memory, the rows that have started in the scratch. */
  function call(
    x: number,
    xStride: number,
    rows: number,
    steps: number,
    mask: number,
    h: number,
    y: number,
    rule: PaddingRule,
  ): void {
    const code = rule === "carry-output" ? 1 : rule === "carry-state" ? 2 : 0;
    const value = typeof rule === "object" ? rule.value : 0;
    exports.gru(struct, x, xStride, rows, steps, mask, h, build.started, y, code, value);
  }

  return {
    run(sequence, { semantics, initialStates }, { states }, store, features = units, offset = 0, pitch = features) {
      const { data, mask, rows: all, steps: time } = sequence;
      const { emptyState, lastOutput } = semantics;
      const rule = ruleOf(layer, semantics);
      const flip = flips && semantics.backwardsOrder === "processing";
      const initial = initialStates[slot];
      const { f32, i32, u8, x, y, h } = build;
      const outputs = store(all * (returnSequences ? time : 1) * features);
      const input = data instanceof Float32Array ? f32 : (i32 as never);
      const ends = allEnds(all);
      /** Steps of all rows that fit into a block */
      const room = Math.min(CELLS, build.capacity / Math.max(width, stride));
      let rows = 0;

      /** How many of the group's rows have a valid step at a time or later. */
      const aliveAt = (t: number): number => {
        let alive = rows;
        while (alive && ends[order[alive - 1]] <= t) alive--;
        return alive;
      };

      /** Puts into y what each row shows at a step that is not valid; with `fill`, behind its end too. */
      const pad = (fill: boolean): void => {
        if (mask) call(x, 0, rows, 1, build.zeros, h, y, rule);
        for (let i = 0; fill && i < rows; i++) {
          const row = order[i];
          const to = offset + (row * time + (flip ? 0 : ends[row])) * pitch;
          const size = (time - ends[row]) * pitch;
          copy(outputs, to, f32, y + i * stride, size && units);
          // Between cells stand another direction's, which are the same here too, or are yet to come.
          for (let n = pitch; n < size; n *= 2)
            outputs.copyWithin(to + n, to, to + Math.min(n, size - pitch + units - n));
        }
      };

      for (let row = 0; row < all; row++) {
        let end = time;
        while (mask && end && !mask[row * time + end - 1]) end--;
        ends[row] = end;
        if (end || emptyState !== "error") continue;
        throw expected("mask", layer.name, `a valid step in row ${row} (emptyState: "error")`, "none");
      }
      for (let first = 0; first < all; first += ROWS) {
        rows = Math.min(ROWS, all - first);
        for (let i = 0; i < rows; i++) {
          const row = first + i;
          let at = i;
          for (; at && ends[order[at - 1]] < ends[row]; at--) order[at] = order[at - 1];
          order[at] = row;
        }
        // The states lie behind it.
        u8.fill(0, build.started, 4 * (h + rows * stride));
        for (let i = 0; initial && i < rows; i++) {
          const row = order[i];
          copy(f32, h + i * stride, initial, row * units, units);
        }
        // Backwards, the end of a row comes first.
        if (goBackwards) pad(returnSequences);
        const until = ends[order[0]];
        for (let done = 0, steps = 0; done < until; done += steps) {
          // Rows that have ended leave their room to the steps of the others.
          steps = Math.min(Math.floor(room / (goBackwards ? rows : aliveAt(done))), until - done);
          const t = goBackwards ? until - done - steps : done;
          const alive = aliveAt(t);
          // Behind the end of a row there are no valid steps.
          if (mask) u8.fill(0, build.mask, build.mask + alive * steps);
          for (let i = 0; i < alive; i++) {
            const row = order[i];
            const cell = row * time + t;
            const needed = Math.min(ends[row] - t, steps);
            copy(input, x + i * steps * width, data, cell * width, needed * width);
            if (mask) copy(u8, build.mask + i * steps, mask, cell, needed);
          }
          call(x, width, alive, steps, mask ? build.mask : 0, h, returnSequences ? y : 0, rule);
          for (let i = 0; returnSequences && i < alive; i++) {
            const row = order[i];
            const to = offset + (row * time + (flip ? time - 1 - t : t)) * pitch;
            const from = y + i * steps * stride;
            copyRows(outputs, to, flip ? -pitch : pitch, f32, from, stride, units, Math.min(ends[row] - t, steps));
          }
        }
        pad(returnSequences && !goBackwards);
        for (let i = 0; i < rows; i++) {
          const row = order[i];
          const state = h + i * stride;
          // As a last step a row shows what it carries; as a final state, what an empty row has.
          if (emptyState === "zero" && !ends[row]) f32.fill(0, state, state + units);
          const last = row * time + (goBackwards ? 0 : time - 1);
          const shown = lastOutput === "state" || !mask || mask[last] ? state : y + i * stride;
          if (!returnSequences) copy(outputs, offset + row * pitch, f32, shown, units);
          copy(states[slot], row * units, f32, state, units);
        }
      }
      return { ...sequence, features, data: outputs, ...(!returnSequences && { steps: 1, mask: null }) };
    },

    step(frame, x, y) {
      const { semantics, started, states, first, rows, mask } = frame;
      const flags = started[slot];
      const h = states[slot] + first * stride;
      if (rows === 1 && !mask) {
        // The path that has to be short.
        exports.step(struct, x, h, y);
        flags[first] = 1;
      } else {
        const rule = !returnSequences && semantics.lastOutput === "state" ? "carry-state" : ruleOf(layer, semantics);
        copy(build.u8, build.started, flags, first, rows);
        call(x, padded(width), rows, 1, mask, h, y, rule);
        copy(flags, first, build.u8, build.started, rows);
      }
      // Without a sequence there is no mask either: in a stream every later layer has a step to do.
      if (!returnSequences) frame.mask = 0;
      return units;
    },
  };
}
