import type { EmbeddingLayer, GruLayer } from "../layers/layer.ts";
import type { PaddingRule } from "../sequence/padding.ts";
import { floatMatrices, type MatricesFactory, placeBias } from "./matrix.ts";
import { copy, padded } from "./memory.ts";
import type { Build } from "./operation.ts";
import { ROWS } from "./scratch.ts";
import type { KernelSequence } from "./sequence.ts";

/** 4-byte fields of a Gru (assembly/gru.ts), those of its Packing included. */
const FIELDS = 30;

/**
 * Floats up to which the projection of a whole embedding is made at load: 1 MB, a millisecond or two. Every step then
 * saves its input product; beyond that, a table would cost more memory and time than many short-lived models save.
 */
const TABLE = 1 << 18;

/** One direction of a GRU in the kernel: its weights, and the blocks in which a padded sequence goes through. */
export interface Recurrence {
  readonly layer: GruLayer;
  /** The embedding whose ids are its inputs, or null */
  readonly embedding: EmbeddingLayer | null;
  /** Hp */
  readonly stride: number;

  /**
   * Runs a padded sequence: groups of rows, and blocks of steps.
   *
   * @param input (B, T, I), or ids of this layer's embedding
   * @param initial (B, H), or null for zeros
   * @param states gets (B, H): the state after each row's last valid step, its initial one if it has none
   * @param started gets (B): 1 for each row that has a valid step
   * @param outputs gets (B, T, H), by input time; null where only the states matter
   * @param flip whether outputs go in by processing time instead
   */
  run(
    input: KernelSequence,
    initial: Float32Array | null,
    states: Float32Array,
    started: Uint8Array,
    outputs: Float32Array | null,
    rule: PaddingRule,
    flip: boolean,
  ): void;

  /** One valid step of one row in the kernel's memory; arguments as of the export `step`. */
  step(x: number, h: number, y: number): void;

  /**
   * A block whose parts are all in the kernel's memory, the rows that have started in the scratch; arguments as of the
   * export `gru`.
   */
  call(
    x: number,
    xStride: number,
    rows: number,
    steps: number,
    mask: number,
    h: number,
    y: number,
    rule: PaddingRule,
  ): void;
}

/** Takes the next slot for a direction, and reserves room for everything. */
export function addRecurrence(layer: GruLayer, build: Build): Recurrence {
  const { memory, scratch, uploads, recurrences, embedding } = build;
  const { inputs, units, resetAfter, goBackwards, weights, activation, recurrentActivation } = layer;
  const stride = padded(units);
  const gates = 3 * stride;
  const struct = memory.reserve(FIELDS);
  const matrices = ((layer.int8?.matrices ?? floatMatrices) as MatricesFactory)(layer, build);
  const kernel = matrices.place("kernel", 3, 0);
  const recurrentKernel = matrices.place("recurrentKernel", resetAfter ? 3 : 2, 0);
  const recurrentCandidate = resetAfter ? 0 : matrices.place("recurrentKernel", 1, 2 * units);
  const bias = placeBias(build, weights.bias, 3);
  const recurrentBias = placeBias(build, weights.recurrentBias, 3);
  const entries = embedding ? embedding.vocabulary + 1 : 0;
  const fits = entries * gates <= TABLE;
  /** (V + 1, 3·Hp): the projection of each row of the embedding in front, and of zeros; 0 for none */
  const table = entries && fits ? memory.reserve(entries * gates) : 0;
  /** (V + 1, E): the embedding itself, where there is no such table */
  const vectors = entries && !fits ? memory.reserve(entries * inputs) : 0;
  /** The rows of a group, the longest first */
  const order = new Int32Array(ROWS);
  /** By place in that order: what follows the row's last valid step */
  const ends = new Int32Array(ROWS);

  uploads.push(() => {
    if (embedding && vectors) memory.write(vectors, embedding.weights);
    const integers = [
      ...scratch.packing,
      inputs,
      units,
      Number(resetAfter),
      Number(goBackwards),
      0,
      recurrentActivation.code,
      0,
      0,
      activation.code,
      0,
      0,
      kernel,
      recurrentKernel,
      recurrentCandidate,
      bias,
      recurrentBias,
      vectors,
      table,
      scratch.px,
      scratch.pxCapacity(units),
      scratch.ph,
      scratch.rh,
      scratch.ids,
      ...matrices.fields,
    ];
    const at = struct >> 2;
    memory.i32.set(integers, at);
    memory.f32[at + 9] = layer.clip;
    memory.f32.set([recurrentActivation.alpha, recurrentActivation.beta], at + 11);
    memory.f32.set([activation.alpha, activation.beta], at + 14);
    if (embedding && table) makeTable(embedding);
  });

  /** The input product of each row of the embedding, by the same kernel as any other, so with the same bits. */
  function makeTable({ vocabulary, features, weights }: EmbeddingLayer): void {
    const { x } = scratch;
    const bytes = 12 * stride;
    const fit = Math.floor(scratch.capacity / features);
    // The row behind the last one is that of zeros.
    for (let first = 0; first <= vocabulary; first += fit) {
      const count = Math.min(fit, vocabulary + 1 - first);
      memory.f32.fill(0, x >> 2, (x >> 2) + count * features);
      memory.write(x, weights, first * features, Math.min(count, vocabulary - first) * features);
      const y = table + first * bytes;
      matrices.multiply(x, 0, 4 * features, count, kernel, features, bytes >> 4, bias, y, bytes);
    }
  }

  /** Lists a group's rows in order, the one whose last valid step is latest first, and where each of them ends. */
  function sortRows(mask: Uint8Array | null, first: number, rows: number, time: number): void {
    for (let i = 0; i < rows; i++) {
      const row = first + i;
      let end = time;
      if (mask) while (end > 0 && mask[row * time + end - 1] === 0) end--;
      let at = i;
      for (; at > 0 && ends[at - 1] < end; at--) {
        ends[at] = ends[at - 1];
        order[at] = order[at - 1];
      }
      ends[at] = end;
      order[at] = row;
    }
  }

  /** How many of a group's rows have a valid step at a time or later. */
  function aliveAt(t: number, rows: number): number {
    let alive = rows;
    while (alive > 0 && ends[alive - 1] <= t) alive--;
    return alive;
  }

  const recurrence: Recurrence = {
    layer,
    embedding,
    stride,

    run(input, initial, states, started, outputs, rule, flip) {
      const { data, mask, steps: time } = input;
      const width = input.embedding ? 1 : input.features;
      const widest = Math.max(width, stride);
      for (let first = 0; first < input.rows; first += ROWS) {
        const rows = Math.min(ROWS, input.rows - first);
        sortRows(mask, first, rows, time);
        for (let i = 0; i < rows; i++) {
          const h = scratch.h + i * stride * 4;
          if (initial) memory.write(h, initial, order[i] * units, units);
          else memory.f32.fill(0, h >> 2, (h >> 2) + units);
        }
        memory.u8.fill(0, scratch.started, scratch.started + rows);
        for (let done = 0, steps = 0; done < ends[0]; done += steps) {
          // Rows that have ended leave their room to the steps of the others.
          steps = Math.min(scratch.stepsOf(goBackwards ? rows : aliveAt(done, rows), widest), ends[0] - done);
          const t = goBackwards ? ends[0] - done - steps : done;
          const alive = aliveAt(t, rows);
          for (let i = 0; i < alive; i++) {
            const cell = order[i] * time + t;
            const to = (scratch.x >> 2) + i * steps * width;
            const needed = Math.min(ends[i] - t, steps);
            if (mask) {
              const at = scratch.mask + i * steps;
              copy(memory.u8, at, mask, cell, needed);
              memory.u8.fill(0, at + needed, at + steps);
            }
            if (input.embedding) copy(memory.i32, to, data as Int32Array, cell, needed);
            else copy(memory.f32, to, data as Float32Array, cell * width, needed * width);
          }
          const y = outputs ? scratch.y : 0;
          recurrence.call(scratch.x, 4 * width, alive, steps, mask ? scratch.mask : 0, scratch.h, y, rule);
          for (let i = 0; outputs && i < alive; i++) {
            const from = scratch.y + i * steps * stride * 4;
            const to = (order[i] * time + (flip ? time - 1 - t : t)) * units;
            memory.readRows(from, stride, outputs, to, units, Math.min(ends[i] - t, steps), flip ? -units : units);
          }
        }
        for (let i = 0; i < rows; i++) {
          const row = order[i];
          started[row] = memory.u8[scratch.started + i];
          memory.read(scratch.h + i * stride * 4, states, row * units, units);
          if (outputs && ends[i] < time) {
            const at = (row * time + (flip ? 0 : ends[i])) * units;
            const size = (time - ends[i]) * units;
            outputs.fill(typeof rule === "object" ? rule.value : 0, at, at + size);
            // Backwards, the end of a row comes first, where its state is still the initial one.
            const carried = rule === "carry-state" || (rule === "carry-output" && !goBackwards && started[row]);
            const source = goBackwards ? initial : states;
            if (carried && source) {
              copy(outputs, at, source, row * units, units);
              for (let n = units; n < size; n *= 2) outputs.copyWithin(at + n, at, at + Math.min(n, size - n));
            }
          }
        }
      }
    },

    step(x, h, y) {
      memory.exports.step(struct, x, h, y);
    },

    call(x, xStride, rows, steps, mask, h, y, rule) {
      const code = rule === "carry-output" ? 1 : rule === "carry-state" ? 2 : 0;
      const value = typeof rule === "object" ? rule.value : 0;
      memory.exports.gru(struct, x, xStride, rows, steps, mask, h, scratch.started, y, code, value);
    },
  };
  recurrences.push(recurrence);
  return recurrence;
}
