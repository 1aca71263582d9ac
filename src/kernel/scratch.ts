import { directionsOf, type Layer } from "../layers/layer.ts";
import { type KernelMemory, padded } from "./memory.ts";

/** Rows of a batch that are run together. More of them would not make the matrix kernels faster. */
export const ROWS = 64;

/** Floats of the input and output buffers of a block: half of a usual second-level cache, for both. */
const BLOCK = 32768;

/** Steps of all rows of a block together, at most. */
const CELLS = 8192;

/** Floats of the input projection: what is written there is read again soon, from the second-level cache at the latest. */
const PROJECTION = 16384;

/**
 * The buffers that every layer of an instance shares. Their size depends on the widest layer, never on time or batch:
 * longer inputs go through in blocks, larger batches in groups of ROWS.
 */
export interface Scratch {
  /** (rows, steps, I): a block's input; or ids */
  readonly x: number;
  /** (rows, steps, Hp): a block's output */
  readonly y: number;
  /** Floats of x, and of y */
  readonly capacity: number;
  /** (rows, steps) u8 */
  readonly mask: number;
  /** (ROWS) u8 */
  readonly started: number;
  /** (ROWS, Hp): the states of a run */
  readonly h: number;
  /** (widest padded bias) zeros, for layers without one */
  readonly zeros: number;
  /** The buffers of a Gru, in its order (assembly/gru.ts, assembly/padding.ts) */
  readonly packing: readonly number[];
  readonly px: number;
  readonly ph: number;
  readonly rh: number;
  readonly ids: number;
  /** Packed steps that px has room for, by H */
  pxCapacity(units: number): number;
  /** Steps of a block, by its rows and the wider of what goes in and what comes out */
  stepsOf(rows: number, width: number): number;
}

/** Reserves the buffers for a stack. */
export function reserveScratch(memory: KernelMemory, layers: readonly Layer[]): Scratch {
  let widest = 4;
  let recurrent = 0;
  const widen = (...sizes: number[]): void => {
    widest = Math.max(widest, ...sizes.map(padded));
  };
  for (const layer of layers) {
    const { inputs = 0, units = 0, features = 0 } = layer as { inputs?: number; units?: number; features?: number };
    widen(inputs, units, features);
    for (const { inputs, units } of directionsOf(layer)) {
      widen(inputs, units);
      recurrent = Math.max(recurrent, padded(units));
    }
  }
  const capacity = Math.max(ROWS * widest, BLOCK);
  const projection = recurrent && Math.max(ROWS * 3 * recurrent, PROJECTION);
  const pxCapacity = (units: number): number => Math.floor(projection / (3 * padded(units)));
  return {
    x: memory.reserve(capacity),
    y: memory.reserve(capacity),
    capacity,
    mask: memory.reserve(CELLS / 4),
    started: memory.reserve(ROWS / 4),
    h: memory.reserve(ROWS * recurrent),
    zeros: memory.reserve(Math.max(3 * recurrent, widest)),
    packing: [CELLS, CELLS, ROWS, ROWS, ROWS].map((entries) => memory.reserve(entries)),
    px: memory.reserve(projection),
    ph: memory.reserve(ROWS * 3 * recurrent),
    rh: memory.reserve(ROWS * recurrent),
    ids: memory.reserve(pxCapacity(1)),
    pxCapacity,
    stepsOf: (rows, width) => Math.floor(Math.min(CELLS, capacity / width) / rows),
  };
}
