import type { Engine } from "../model/engine.ts";
import { zeroStates } from "../model/state.ts";
import { copy, copyRows, padded } from "./memory.ts";
import type { Build, Operation, StreamFrame } from "./operation.ts";
import { ROWS } from "./scratch.ts";

/**
 * Makes the streams of one instance: one wasm call a layer and step, everything in between in the kernel's memory.
 *
 * There is one place in that memory where a stream's states are while it steps. Streams take turns: the one that steps
 * moves in, and the one before it gets its states copied out. So any number of streams costs the kernel nothing, and one
 * that is dropped is garbage like any other object; one that steps alone never copies.
 */
export function streamsOf(build: Build, operations: readonly Operation[]): Engine["stream"] {
  const { slots } = build;
  /** By slot: where (room, Hp) is. It changes when a stream of more rows than any before is made. */
  const places: number[] = [];
  let room = 0;
  /** By slot: (rows, H), where the states of the stream go that is there now. */
  let resident: readonly Float32Array[] | null = null;

  /** Moves a stream in; null only moves out the one that is there. */
  function admit(next: readonly Float32Array[] | null): void {
    if (resident === next) return;
    for (let slot = 0; slot < slots.length; slot++) {
      const { units } = slots[slot];
      const at = places[slot];
      const stride = padded(units);
      if (resident) copyRows(resident[slot], 0, units, build.f32, at, stride, units, resident[slot].length / units);
      if (next) copyRows(build.f32, at, stride, next[slot], 0, units, units, next[slot].length / units);
    }
    resident = next;
  }

  return (rows, semantics, useMasks) => {
    // Done when a stream is created, never by a step.
    if (rows > room) {
      admit(null);
      slots.forEach(({ units }, slot) => {
        places[slot] = build.reserve(rows * padded(units));
      });
      room = rows;
    }
    const started = slots.map(() => new Uint8Array(rows));
    /** By slot: (rows, H) while others step */
    const away = zeroStates(slots, rows);
    const frame: StreamFrame = {
      semantics,
      useMasks,
      started,
      states: places,
      rows,
      first: 0,
      validity: null,
      mask: 0,
    };
    let inputs = 0;

    return {
      started,

      step(data, out, valid) {
        admit(away);
        // Once: a division takes as long as a small layer's arithmetic.
        inputs ||= data.length / rows;
        const input = data instanceof Float32Array ? build.f32 : build.i32;
        for (let first = 0; first < rows; first += ROWS) {
          const count = Math.min(ROWS, rows - first);
          let { x, y } = build;
          let features = inputs;
          frame.rows = count;
          frame.first = first;
          frame.validity = valid;
          frame.mask = valid ? build.mask : 0;
          copyRows(input, x, padded(inputs), data, first * inputs, inputs, inputs, count);
          if (valid) copy(build.u8, build.mask, valid, first, count);
          for (let i = 0; i < operations.length; i++) {
            const written = operations[i].step?.(frame, x, y, features);
            if (!written) continue;
            const from = x;
            x = y;
            y = from;
            features = written;
          }
          copyRows(out, first * features, features, build.f32, x, padded(features), features, count);
        }
      },

      states() {
        admit(null);
        return away;
      },
    };
  };
}
