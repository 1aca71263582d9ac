import type { GruLayer } from "../layers/layer.ts";
import type { Stack } from "../layers/stack.ts";
import { type KernelMemory, padded } from "./memory.ts";

/** Rows of a batch that are run together. More of them would not make the matrix kernels faster. */
export const ROWS = 64;

/** Floats of the input and output buffers of a block: half of a usual second-level cache, for both. */
const BLOCK = 32768;

/** Steps of all rows of a block together, at most. */
export const CELLS = 8192;

/** Floats of the input projection: what is written there is read again soon, from the second-level cache at the latest. */
export const PROJECTION = 16384;

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
  /** (ROWS) u8: in a run, whether a row has had a valid step */
  readonly started: number;
  /** (ROWS, Hp): the states of a run, right behind it */
  readonly h: number;
  /** Right behind the states: a mask without a valid step, and never anything but zeros */
  readonly zeros: number;
  /** The buffers of a Packing and of a Gru, in their order (assembly/padding.ts, assembly/gru.ts) */
  readonly buffers: readonly number[];
  /** The GRU directions of the stack, by slot */
  readonly slots: readonly GruLayer[];
}

/** Reserves the buffers for a stack, and adds them to its memory. */
export function reserveScratch(memory: KernelMemory, { shapes, slots, inputs }: Stack): KernelMemory & Scratch {
  const { reserve } = memory;
  const widest = padded(
    Math.max(inputs, ...shapes.flatMap(({ features, backwardFeatures }) => [features, backwardFeatures])),
  );
  const recurrent = padded(Math.max(0, ...slots.map(({ units }) => units)));
  const capacity = Math.max(ROWS * widest, BLOCK);
  return Object.assign(memory, {
    slots,
    x: reserve(capacity),
    y: reserve(capacity),
    capacity,
    mask: 4 * reserve(CELLS / 4),
    started: 4 * reserve(ROWS / 4),
    h: reserve(ROWS * recurrent),
    // Longer than a mask, to keep integers away from the states, though no f32 kernel reads beyond the rows: with zeros
    // here, with denormals or with no room, as many processes (one in five or so) run wide layers at half the speed.
    zeros: 4 * reserve(ROWS / 4 + 3 * recurrent),
    buffers: [
      CELLS,
      CELLS,
      ROWS,
      ROWS,
      ROWS,
      Math.max(3 * ROWS * recurrent, PROJECTION),
      3 * ROWS * recurrent,
      PROJECTION / 12,
    ].map(reserve),
  });
}
