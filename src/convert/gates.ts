import { expected, show, showShape } from "../errors.ts";
import { readSize } from "../options.ts";
import { flatten, readTensor, type Tensor } from "../tensor.ts";

/**
 * The one place that reorders gates.
 *
 * Most frameworks keep a gate's weights as rows: (3H, columns), three blocks of H rows, in one of two orders whose shapes
 * are the same, so that nothing fails when they are mixed up. Our layers take Keras's layout: one column for each gate
 * and unit, (columns, 3H), gates z|r|n. When columns = 3H even the transpose cannot be seen from a shape.
 */

/** The order of the three blocks: z (update), r (reset), n (candidate). */
export type GateOrder = "zrn" | "rzn";

/** Which block of rows holds z, r and n. */
const blocks: Readonly<Record<GateOrder, readonly [z: number, r: number, n: number]>> = {
  zrn: [0, 1, 2],
  rzn: [1, 0, 2],
};

/** The axes before the rows: none, or one for the directions. */
export type Directions = readonly [] | readonly [directions: 1 | 2];

/**
 * H, from the recurrent weights: their last axis, or the root of what flat data is long.
 *
 * @param recurrent [...directions, 3H, H]
 * @param given what a framework's attribute says that it is, if it says
 * @throws CongruentError `weights`: no whole H fits; `option`: it is not the given one
 */
export function readUnits(
  recurrent: unknown,
  directions: Directions,
  given: number | undefined,
  where: string,
): number {
  const { data, shape } = flatten(recurrent, "weights", where);
  const units = shape.length > 1 ? shape[shape.length - 1] : Math.sqrt(data.length / (3 * (directions[0] ?? 1)));
  if (!Number.isInteger(units) || units < 1) {
    throw expected("weights", where, `shape ${showShape([...directions, "3·units", "units"])}`, showShape(shape));
  }
  if (given !== undefined && readSize(given, "hidden size") !== units) {
    throw expected("option", "hidden size", `${units}, as ${where} has`, show(given));
  }
  return units;
}

/**
 * A kernel for each direction.
 *
 * @param value [...directions, 3H, columns], rows in the given order
 * @param columns how many there are; undefined: as many as are given
 * @returns by direction [columns, 3H]
 * @throws CongruentError `weights`
 */
export function readKernels(
  value: unknown,
  directions: Directions,
  units: number,
  columns: number | undefined,
  order: GateOrder,
  where: string,
): Tensor[] {
  const flat = flatten(value, "weights", where);
  const rows = (directions[0] ?? 1) * 3 * units;
  const width = columns ?? (flat.shape.length > 1 ? flat.shape[flat.shape.length - 1] : flat.data.length / rows);
  if (!Number.isInteger(width) || width < 1) {
    throw expected("weights", where, `shape ${showShape([...directions, 3 * units, "inputs"])}`, showShape(flat.shape));
  }
  const { data } = readTensor(flat, "weights", where, [...directions, 3 * units, width]);
  return split(data, 3 * units * width).map((data) => ({
    data: gateColumns(data, units, order),
    shape: [width, 3 * units],
  }));
}

/**
 * Biases for each direction.
 *
 * @param value [...directions, sets·3H], each set in the given order
 * @param sets how many biases of 3H lie one after the other
 * @returns by direction, by set: [3H]
 * @throws CongruentError `weights`
 */
export function readBiases(
  value: unknown,
  directions: Directions,
  units: number,
  sets: 1 | 2,
  order: GateOrder,
  where: string,
): Tensor[][] {
  const size = 3 * units;
  const { data } = readTensor(value, "weights", where, [...directions, sets * size]);
  return split(data, sets * size).map((direction) =>
    split(direction, size).map((rows) => ({ data: gateColumns(rows, units, order), shape: [size] })),
  );
}

/** The parts of one size that lie one after the other. */
function split(data: Float32Array, size: number): Float32Array[] {
  return Array.from({ length: data.length / size }, (_, part) => data.subarray(part * size, (part + 1) * size));
}

/**
 * Rows by gate → columns in z|r|n.
 *
 * @param rows (3H, columns) in the given order; a bias is one column
 * @param units H
 * @returns (columns, 3H)
 */
function gateColumns(rows: Float32Array, units: number, order: GateOrder): Tensor["data"] {
  const width = 3 * units;
  const columns = rows.length / width;
  const out = new Float32Array(rows.length);
  blocks[order].forEach((block, gate) => {
    for (let unit = 0; unit < units; unit++) {
      const from = (block * units + unit) * columns;
      for (let column = 0; column < columns; column++) {
        out[column * width + gate * units + unit] = rows[from + column];
      }
    }
  });
  return out;
}
