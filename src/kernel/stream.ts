import type { Engine } from "../model/engine.ts";
import { lookUpFrame } from "./embedding.ts";
import { copy, type KernelMemory } from "./memory.ts";
import type { Operation, StreamFrame } from "./operation.ts";
import type { Recurrence } from "./recurrence.ts";
import { ROWS, type Scratch } from "./scratch.ts";

/** Moves a stream's states into the kernel's memory, or out of it. */
type Move = (inwards: boolean) => void;

/**
 * Makes the streams of one instance: one wasm call a layer and step, everything in between in the kernel's memory.
 *
 * There is one place in that memory where a stream's states are while it steps. Streams take turns: the one that steps
 * moves in, and the one before it gets its states copied out. So any number of streams costs the kernel nothing, and one
 * that is dropped is garbage like any other object; one that steps alone never copies.
 */
export function streamsOf(
  memory: KernelMemory,
  scratch: Scratch,
  operations: readonly Operation[],
  recurrences: readonly Recurrence[],
): Engine["stream"] {
  /** By slot: the address of (room, Hp). It changes when a stream of more rows than any before is made. */
  const addresses: number[] = [];
  let room = 0;
  /** Of the stream whose states are there. */
  let resident: Move | null = null;

  /** Moves a stream in; null moves out the one that is here. */
  function admit(move: Move | null): void {
    if (resident === move) return;
    resident?.(false);
    move?.(true);
    resident = move;
  }

  return (rows, semantics, useMasks) => {
    // Done when a stream is created, never by a step.
    if (rows > room) {
      admit(null);
      const reserved = recurrences.map(({ stride }) => memory.reserve(rows * stride));
      memory.commit();
      Object.assign(addresses, reserved);
      room = rows;
    }
    const started = recurrences.map(() => new Uint8Array(rows));
    /** By slot: (rows, H) while others step */
    const away = recurrences.map(({ layer }) => new Float32Array(rows * layer.units));
    const context = { semantics, useMasks, started, states: addresses };
    const frame: StreamFrame = {
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

    const move: Move = (inwards) => {
      for (let slot = 0; slot < away.length; slot++) {
        const { stride, layer } = recurrences[slot];
        const { units } = layer;
        const address = addresses[slot];
        if (!inwards) memory.readRows(address, stride, away[slot], 0, units, rows);
        else
          for (let row = 0; row < rows; row++) memory.write(address + row * stride * 4, away[slot], row * units, units);
      }
    };

    return {
      started,

      step(data, out, valid) {
        admit(move);
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
      },

      readState(states) {
        admit(null);
        away.forEach((state, slot) => {
          states[slot].set(state);
        });
      },

      writeState(states) {
        admit(null);
        away.forEach((state, slot) => {
          state.set(states[slot]);
        });
      },
    };
  };
}
