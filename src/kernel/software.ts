import type { Activation } from "../activation.ts";
import { createModelWith } from "../model/model.ts";
import { activate } from "../reference/activation.ts";
import { bound } from "../reference/cell.ts";
import { activateRow } from "../reference/dense.ts";
import { F } from "../reference/f32.ts";
import { product } from "../reference/product.ts";
import { engineOver } from "./engine.ts";
import type { KernelExports } from "./exports.ts";
import type { Kernel } from "./kernel.ts";
import { PAGE, padded } from "./memory.ts";

/** Floats that 32 bits can address: no buffer is longer, as no WebAssembly memory is. */
const LIMIT = 65536 * PAGE;

/**
 * What assembly/ exports, in the reference's arithmetic over an ordinary buffer: the same bits, far slower. All that
 * stands above the exports is the kernel's own.
 *
 * A packed matrix is (depth, gates · padded(units)), row by row.
 */
export function softwareExports(): KernelExports {
  let u8 = new Uint8Array(0);
  let f32: Float32Array;
  let i32: Int32Array;
  const memory = {
    buffer: u8.buffer,
    grow(pages: number) {
      const size = u8.length / 4 + pages * PAGE;
      const grown = new Uint8Array(size > LIMIT ? Number.POSITIVE_INFINITY : 4 * size);
      grown.set(u8);
      u8 = grown;
      memory.buffer = u8.buffer;
      f32 = new Float32Array(u8.buffer);
      i32 = new Int32Array(u8.buffer);
      return 0;
    },
  };

  const multiply: KernelExports["multiply"] = (x, index, xStride, rows, w, depth, vectors, init, y, yStride) => {
    for (let i = 0; i < rows; i++) {
      const row = index ? i32[index + i] : i;
      const out = f32.subarray(y + i * yStride);
      product(out, f32, x + row * xStride, depth, f32.subarray(w), 4 * vectors, f32.subarray(init));
    }
  };

  /** As the exports take an activation. */
  const activation = (code: number, alpha: number, beta: number) => ({ code, alpha, beta }) as Activation;

  const gru: KernelExports["gru"] = (layer, x, xStride, rows, steps, mask, h, started, y, rule, value) => {
    // The fields of a Gru (assembly/gru.ts), behind those of its Packing.
    const at = layer + 5;
    const [px, ph, , kernel, recurrentKernel, recurrentCandidate, bias, recurrentBias, embedding, table] = Array.from(
      i32.subarray(at, at + 10),
      // Addresses, as the module wants them.
      (address) => address >>> 2,
    );
    const [, inputs, units, resetAfter, reverse, fCode, gCode] = i32.subarray(at + 10, at + 17);
    const [clip, fAlpha, fBeta, gAlpha, gBeta] = f32.subarray(at + 17, at + 22);
    const width = padded(units);
    const vectors = width >>> 2;
    const f = activation(fCode, fAlpha, fBeta);
    const g = activation(gCode, gAlpha, gBeta);

    /** One valid step: src/reference/cell.ts. */
    const step = (x: number, h: number) => {
      const id = i32[x];
      const row = embedding ? embedding + id * inputs : x;
      if (!table) multiply(row, 0, 0, 1, kernel, inputs, 3 * vectors, bias, px, 0);
      multiply(h, 0, 0, 1, recurrentKernel, units, (resetAfter ? 3 : 2) * vectors, recurrentBias, ph, 0);
      const p = table ? table + 3 * id * width : px;
      const z = ph;
      const r = z + width;
      const n = r + width;
      for (let i = 0; i < 2 * width; i++) f32[z + i] = activate(f, bound(F(f32[p + i] + f32[z + i]), clip));
      for (let i = 0; i < width; i++) f32[r + i] *= f32[(resetAfter ? n : h) + i];
      if (!resetAfter) multiply(r, 0, 0, 1, recurrentCandidate, units, vectors, recurrentBias + 2 * width, n, 0);
      const remembered = resetAfter ? r : n;
      for (let i = 0; i < width; i++) {
        const candidate = activate(g, bound(F(f32[p + 2 * width + i] + f32[remembered + i]), clip));
        f32[h + i] = F(f32[z + i] * f32[h + i]) + F(F(1 - f32[z + i]) * candidate);
      }
    };

    for (let row = 0; row < rows; row++) {
      const state = h + row * width;
      for (let i = 0; i < steps; i++) {
        const cell = row * steps + (reverse ? steps - 1 - i : i);
        const valid = !mask || u8[mask + cell];
        if (valid) {
          step(x + cell * xStride, state);
          u8[started + row] = 1;
        }
        const to = y + cell * width;
        if (y && (valid || rule === 2 || (rule && u8[started + row]))) {
          f32.copyWithin(to, state, state + width);
        } else if (y) f32.fill(value, to, to + width);
      }
    }
  };

  return {
    memory,

    // No buffer may be at 0, which stands for none.
    heapBase: () => 16,

    activate(code, values, vectors, alpha, beta) {
      activateRow(activation(code, alpha, beta), f32, values, 4 * vectors);
    },

    pack(source, sourceStride, k0, count, _depth, gates, units, target) {
      for (let k = 0; k < count; k++) {
        for (let gate = 0; gate < gates; gate++) {
          const from = source + k * sourceStride + gate * units;
          f32.copyWithin(target + ((k0 + k) * gates + gate) * padded(units), from, from + units);
        }
      }
    },

    multiply,
    gru,

    step(layer, x, h, y) {
      // Whether the row has started goes where nobody looks: into the scratch of its Packing.
      gru(layer, x, 0, 1, 1, 0, h, i32[layer], y, 0, 0);
    },

    dense(x, xStride, rows, w, depth, units, bias, y, code, alpha, beta) {
      const width = padded(units);
      multiply(x, 0, xStride, rows, w, depth, width >>> 2, bias, y, width);
      const applied = code < 0 ? "softmax" : activation(code, alpha, beta);
      for (let i = 0; i < rows; i++) activateRow(applied, f32, y + i * width, units);
    },
  };
}

/** The kernel where WebAssembly computes wrongly. */
export const software: Kernel = {
  // The engine is made here, so that bundlers see that nothing is done on import.
  createModel: (layers, options) => createModelWith(engineOver(softwareExports), layers, options),
};
