import type { EngineStream } from "../model/engine.ts";
import type { Semantics } from "../sequence/semantics.ts";
import { lookUpFrame } from "./embedding.ts";
import { copy, type KernelMemory } from "./memory.ts";
import type { Operation, StreamContext, StreamFrame } from "./operation.ts";
import type { Recurrence } from "./recurrence.ts";
import { ROWS, type Scratch } from "./scratch.ts";

/**
 * The one place in the kernel's memory where a stream's states are while it steps. Streams take turns: the one that steps
 * moves in, and the one before it gets its states copied out. So any number of streams costs the kernel nothing, and one
 * that is dropped is garbage like any other object; one that steps alone never copies.
 */
export class StreamStates {
  /** By slot: the address of (rows, Hp). It changes when a stream of more rows than any before is made. */
  readonly addresses: number[] = [];
  private rows = 0;
  private resident: KernelStream | null = null;

  constructor(
    private readonly memory: KernelMemory,
    readonly recurrences: readonly Recurrence[],
  ) {}

  /** Makes room for streams of so many rows; done when one is created, never by a step. */
  grow(rows: number): void {
    if (rows <= this.rows) return;
    this.admit(null);
    const addresses = this.recurrences.map(({ stride }) => this.memory.reserve(rows * stride));
    this.memory.commit();
    Object.assign(this.addresses, addresses);
    this.rows = rows;
  }

  /** Moves a stream in; null moves out the one that is here. */
  admit(stream: KernelStream | null): void {
    if (this.resident === stream) return;
    this.resident?.move(false);
    stream?.move(true);
    this.resident = stream;
  }
}

/** A stream over the kernel: one wasm call a layer and step, everything in between in the kernel's memory. */
export class KernelStream implements EngineStream {
  readonly started: readonly Uint8Array[];
  /** By slot: (rows, H) while others step */
  private readonly away: readonly Float32Array[];
  private readonly context: StreamContext;
  private readonly frame: StreamFrame = {
    rows: 0,
    first: 0,
    address: 0,
    stride: 0,
    features: 0,
    spare: 0,
    embedding: null,
    masked: false,
    explicit: false,
  };

  constructor(
    private readonly memory: KernelMemory,
    private readonly scratch: Scratch,
    private readonly operations: readonly Operation[],
    private readonly states: StreamStates,
    private readonly rows: number,
    semantics: Semantics,
    useMasks: boolean,
  ) {
    states.grow(rows);
    const { recurrences, addresses } = states;
    this.started = recurrences.map(() => new Uint8Array(rows));
    this.away = recurrences.map(({ layer }) => new Float32Array(rows * layer.units));
    this.context = { semantics, useMasks, started: this.started, states: addresses };
  }

  step(data: Float32Array | Int32Array, out: Float32Array, valid: Uint8Array | null): void {
    this.states.admit(this);
    const { rows, frame, memory, scratch, operations, context } = this;
    // Most streams have one row, and a division takes as long as a small layer's arithmetic.
    const features = rows === 1 ? data.length : data.length / rows;
    const units = rows === 1 ? out.length : out.length / rows;
    const input = data instanceof Float32Array ? memory.f32 : memory.i32;
    for (let first = 0; first < rows; first += ROWS) {
      const count = rows - first < ROWS ? rows - first : ROWS;
      frame.rows = count;
      frame.first = first;
      frame.address = scratch.x;
      frame.spare = scratch.y;
      frame.features = features;
      frame.stride = 4 * features;
      frame.embedding = null;
      frame.masked = frame.explicit = valid !== null;
      for (let i = 0, to = scratch.x >> 2, from = first * features; i < count * features; i++)
        input[to + i] = data[from + i];
      if (valid !== null) copy(memory.u8, scratch.mask, valid, first, count);
      for (let i = 0; i < operations.length; i++) operations[i].step?.(frame, context);
      lookUpFrame(memory, frame);
      memory.readRows(frame.address, frame.stride >> 2, out, first * units, units, count);
    }
  }

  readState(states: readonly Float32Array[]): void {
    this.states.admit(null);
    this.away.forEach((state, slot) => {
      states[slot].set(state);
    });
  }

  writeState(states: readonly Float32Array[]): void {
    this.states.admit(null);
    this.away.forEach((state, slot) => {
      state.set(states[slot]);
    });
  }

  /** Its states: into the kernel's memory, or out of it. */
  move(inwards: boolean): void {
    const { memory, states, away, rows } = this;
    for (let slot = 0; slot < away.length; slot++) {
      const { stride, layer } = states.recurrences[slot];
      const { units } = layer;
      const address = states.addresses[slot];
      if (!inwards) memory.readRows(address, stride, away[slot], 0, units, rows);
      else
        for (let row = 0; row < rows; row++) memory.write(address + row * stride * 4, away[slot], row * units, units);
    }
  }
}
