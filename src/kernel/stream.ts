import type { Engine } from "../model/engine.ts";
import { copy, copyRows, padded } from "./memory.ts";
import type { Build, Operation, StreamFrame } from "./operation.ts";
import { ROWS } from "./scratch.ts";

/** Moves a stream's states into the kernel's memory, or out of it. */
type Move = (inwards: boolean) => void;

/**
 * Makes the streams of one instance: one wasm call a layer and step, everything in between in the kernel's memory.
 *
 * There is one place in that memory where a stream's states are while it steps. Streams take turns: the one that steps
 * moves in, and the one before it gets its states copied out. So any number of streams costs the kernel nothing, and one
 * that is dropped is garbage like any other object; one that steps alone never copies.
 */
export function streamsOf({ memory, scratch, slots }: Build, operations: readonly Operation[]): Engine["stream"] {
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
      Object.assign(
        addresses,
        slots.map(({ units }) => memory.reserve(rows * padded(units))),
      );
      room = rows;
    }
    const started = slots.map(() => new Uint8Array(rows));
    /** By slot: (rows, H) while others step */
    const away = slots.map(({ units }) => new Float32Array(rows * units));
    const frame: StreamFrame = {
      semantics,
      useMasks,
      started,
      states: addresses,
      rows: 0,
      first: 0,
      address: 0,
      features: 0,
      spare: 0,
      masked: false,
      explicit: false,
    };
    let features = 0;
    let outputs = 0;

    const move: Move = (inwards) => {
      for (let slot = 0; slot < slots.length; slot++) {
        const { units } = slots[slot];
        const at = addresses[slot] >> 2;
        if (inwards) copyRows(memory.f32, at, padded(units), away[slot], 0, units, units, rows);
        else copyRows(away[slot], 0, units, memory.f32, at, padded(units), units, rows);
      }
    };

    return {
      started,

      step(data, out, valid) {
        admit(move);
        // Once: a division takes as long as a small layer's arithmetic.
        features ||= data.length / rows;
        outputs ||= out.length / rows;
        const input = data instanceof Float32Array ? memory.f32 : memory.i32;
        for (let first = 0; first < rows; first += ROWS) {
          const count = Math.min(ROWS, rows - first);
          frame.rows = count;
          frame.first = first;
          frame.address = scratch.x;
          frame.spare = scratch.y;
          frame.features = features;
          frame.masked = frame.explicit = valid !== null;
          copyRows(input, scratch.x >> 2, padded(features), data, first * features, features, features, count);
          if (valid !== null) copy(memory.u8, scratch.mask, valid, first, count);
          for (let i = 0; i < operations.length; i++) operations[i].step?.(frame);
          copyRows(out, first * outputs, outputs, memory.f32, frame.address >> 2, padded(outputs), outputs, count);
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
