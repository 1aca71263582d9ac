import type { EmbeddingLayer, GruLayer } from "../layers/layer.ts";
import type { PaddingRule } from "../sequence/padding.ts";
import type { KernelExports } from "./exports.ts";
import { type PackedMatrix, packMatrix, reserveMatrix, writeBias } from "./matrix.ts";
import { copy, type KernelMemory, padded } from "./memory.ts";
import { ROWS, type Scratch } from "./scratch.ts";
import type { KernelSequence } from "./sequence.ts";

/** 4-byte fields of a Gru (assembly/gru.ts), those of its Packing and of int8 (src/int8/recurrence.ts) included. */
const FIELDS = 30;

/**
 * Floats up to which the projection of a whole embedding is made at load: 1 MB, a millisecond or two. Every step then
 * saves its input product; beyond that, a table would cost more memory and time than many short-lived models save.
 */
const TABLE = 1 << 18;

/** One direction of a GRU in the kernel: its weights, and the blocks in which a padded sequence goes through. */
export class Recurrence {
  /** Hp */
  readonly stride: number;
  protected readonly struct: number;
  private readonly kernel: PackedMatrix;
  private readonly recurrentKernel: PackedMatrix;
  private readonly recurrentCandidate: PackedMatrix | null;
  private readonly bias: number;
  private readonly recurrentBias: number;
  /** (V + 1, 3·Hp): the projection of each row of the embedding in front, and of zeros; 0 for none */
  private readonly table: number;
  /** (V + 1, E): the embedding itself, where there is no such table */
  private readonly rows: number;
  /** The rows of a group, the longest first */
  private readonly order = new Int32Array(ROWS);
  /** By place in that order: what follows the row's last valid step */
  private readonly ends = new Int32Array(ROWS);

  /**
   * Reserves room for everything.
   * @param embedding the embedding whose ids are this layer's inputs, or null
   */
  constructor(
    protected readonly memory: KernelMemory,
    protected readonly scratch: Scratch,
    readonly layer: GruLayer,
    readonly embedding: EmbeddingLayer | null,
  ) {
    const { inputs, units, resetAfter, weights } = layer;
    this.stride = padded(units);
    const gates = 3 * this.stride;
    this.struct = memory.reserve(FIELDS);
    this.bias = weights.bias ? memory.reserve(gates) : scratch.zeros;
    this.recurrentBias = weights.recurrentBias ? memory.reserve(gates) : scratch.zeros;
    this.kernel = this.reserve(inputs, 3);
    this.recurrentKernel = this.reserve(units, resetAfter ? 3 : 2);
    this.recurrentCandidate = resetAfter ? null : this.reserve(units, 1);
    const entries = embedding ? embedding.vocabulary + 1 : 0;
    const fits = entries * gates <= TABLE;
    this.table = entries && fits ? memory.reserve(entries * gates) : 0;
    this.rows = entries && !fits ? memory.reserve(entries * inputs) : 0;
  }

  /** As the export. */
  protected multiply(...given: Parameters<KernelExports["multiply"]>): void {
    this.memory.exports.multiply(...given);
  }

  /** Room for a matrix. */
  protected reserve(depth: number, gates: number): PackedMatrix {
    return reserveMatrix(this.memory, depth, gates, this.layer.units);
  }

  /** Writes a matrix: the columns from `first` on of one of the layer's. */
  protected pack(matrix: PackedMatrix, name: "kernel" | "recurrentKernel", first: number): void {
    const { weights, units } = this.layer;
    packMatrix(this.memory, this.scratch, matrix, weights[name], 3 * units, first);
  }

  /** Writes the weights, once the memory is there. */
  upload(): void {
    const { memory, scratch, layer, embedding } = this;
    const { units, weights, activation, recurrentActivation } = layer;
    this.pack(this.kernel, "kernel", 0);
    this.pack(this.recurrentKernel, "recurrentKernel", 0);
    if (this.recurrentCandidate) this.pack(this.recurrentCandidate, "recurrentKernel", 2 * units);
    if (weights.bias) writeBias(memory, this.bias, weights.bias, 3);
    if (weights.recurrentBias) writeBias(memory, this.recurrentBias, weights.recurrentBias, 3);
    if (embedding && this.rows) memory.write(this.rows, embedding.weights);
    const integers = [
      ...scratch.packing,
      layer.inputs,
      units,
      Number(layer.resetAfter),
      Number(layer.goBackwards),
      0,
      recurrentActivation.code,
      0,
      0,
      activation.code,
      0,
      0,
      this.kernel.address,
      this.recurrentKernel.address,
      this.recurrentCandidate?.address ?? 0,
      this.bias,
      this.recurrentBias,
      this.rows,
      this.table,
      scratch.px,
      scratch.pxCapacity(units),
      scratch.ph,
      scratch.rh,
      scratch.ids,
    ];
    const at = this.struct >> 2;
    memory.i32.set(integers, at);
    memory.f32[at + 9] = layer.clip;
    memory.f32.set([recurrentActivation.alpha, recurrentActivation.beta], at + 11);
    memory.f32.set([activation.alpha, activation.beta], at + 14);
    if (this.table) this.makeTable(embedding as EmbeddingLayer);
  }

  /** The input product of each row of the embedding, by the same kernel as any other, so with the same bits. */
  private makeTable({ vocabulary, features, weights }: EmbeddingLayer): void {
    const { memory, scratch, kernel, stride, bias, table } = this;
    const { x } = scratch;
    const bytes = 12 * stride;
    const fit = Math.floor(scratch.capacity / features);
    // The row behind the last one is that of zeros.
    for (let first = 0; first <= vocabulary; first += fit) {
      const count = Math.min(fit, vocabulary + 1 - first);
      memory.f32.fill(0, x >> 2, (x >> 2) + count * features);
      memory.write(x, weights, first * features, Math.min(count, vocabulary - first) * features);
      this.multiply(
        x,
        0,
        4 * features,
        count,
        kernel.address,
        features,
        bytes >> 4,
        bias,
        table + first * bytes,
        bytes,
      );
    }
  }

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
  ): void {
    const { memory, scratch, stride, layer, order, ends } = this;
    const { units, goBackwards } = layer;
    const { data, mask, steps: time } = input;
    const width = input.embedding ? 1 : input.features;
    const widest = Math.max(width, stride);
    for (let first = 0; first < input.rows; first += ROWS) {
      const rows = Math.min(ROWS, input.rows - first);
      this.sortRows(mask, first, rows, time);
      for (let i = 0; i < rows; i++) {
        const h = scratch.h + i * stride * 4;
        if (initial) memory.write(h, initial, order[i] * units, units);
        else memory.f32.fill(0, h >> 2, (h >> 2) + units);
      }
      memory.u8.fill(0, scratch.started, scratch.started + rows);
      for (let done = 0, steps = 0; done < ends[0]; done += steps) {
        // Rows that have ended leave their room to the steps of the others.
        steps = Math.min(scratch.stepsOf(goBackwards ? rows : this.alive(done, rows), widest), ends[0] - done);
        const t = goBackwards ? ends[0] - done - steps : done;
        const alive = this.alive(t, rows);
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
        this.call(scratch.x, 4 * width, alive, steps, mask ? scratch.mask : 0, scratch.h, y, rule);
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
  }

  /** Lists a group's rows in order, the one whose last valid step is latest first, and where each of them ends. */
  private sortRows(mask: Uint8Array | null, first: number, rows: number, time: number): void {
    const { order, ends } = this;
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
  private alive(t: number, rows: number): number {
    let alive = rows;
    while (alive > 0 && this.ends[alive - 1] <= t) alive--;
    return alive;
  }

  /** One valid step of one row in the kernel's memory; arguments as of the export `step`. */
  step(x: number, h: number, y: number): void {
    this.memory.exports.step(this.struct, x, h, y);
  }

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
  ): void {
    const code = rule === "carry-output" ? 1 : rule === "carry-state" ? 2 : 0;
    const value = typeof rule === "object" ? rule.value : 0;
    const { memory, scratch, struct } = this;
    memory.exports.gru(struct, x, xStride, rows, steps, mask, h, scratch.started, y, code, value);
  }
}
