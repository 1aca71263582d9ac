/**
 * The rows of a padded block: which steps are run, and what the others hold.
 *
 * A step that is not valid changes no state, so a row with a mask is the shorter row of its valid steps. They are
 * listed step by step: first the first valid step of every row that has one, then the second, and so on, longest row
 * first, so that the rows that are still alive are always the first ones.
 */

/** What a padded output holds, by the numbers in src/kernel/direction.ts. */
const FILL: i32 = 0;
const CARRY_STATE: i32 = 2;

/** Where a block's list goes. `rows` and `steps` are the block's. */
// @ts-ignore: decorator
@unmanaged
export class Packing {
  /** (rows · steps) i32: the cell row · steps + place of each packed step */
  cells: usize;
  /** (steps) i32: how many rows are alive at each packed step */
  alive: usize;
  /** (rows) i32: the rows, longest first */
  order: usize;
  /** (rows) i32: valid steps of each row */
  counts: usize;
  /** (rows) i32: where in its places a row is */
  cursors: usize;
}

// @ts-ignore: decorator
@inline
export function entry(list: usize, i: i32): i32 {
  return load<i32>(list + (<usize>i << 2));
}

// @ts-ignore: decorator
@inline
function setEntry(list: usize, i: i32, value: i32): void {
  store<i32>(list + (<usize>i << 2), value);
}

/**
 * Lists a block's valid steps.
 *
 * @param mask (rows, steps) u8, 1 where valid; 0 where all are
 * @param reverse from a row's last valid step to its first
 * @returns packed steps: the longest row's valid ones
 */
export function packSteps(p: Packing, rows: i32, steps: i32, mask: usize, reverse: i32): i32 {
  if (!mask) return packAll(p, rows, steps, reverse);
  for (let row = 0; row < rows; ++row) {
    let count = 0;
    const end = mask + <usize>((row + 1) * steps);
    for (let m = mask + <usize>(row * steps); m < end; ++m) count += load<u8>(m);
    setEntry(p.counts, row, count);
    setEntry(p.cursors, row, reverse ? steps : -1);
    // Insertion keeps rows of one length in their order, and costs nothing where they come sorted.
    let at = row;
    while (at > 0 && entry(p.counts, entry(p.order, at - 1)) < count) {
      setEntry(p.order, at, entry(p.order, at - 1));
      --at;
    }
    setEntry(p.order, at, row);
  }
  const next = reverse ? -1 : 1;
  let alive = rows;
  let packed = 0;
  for (let step = 0; step < steps; ++step) {
    while (alive && entry(p.counts, entry(p.order, alive - 1)) <= step) --alive;
    if (!alive) return step;
    setEntry(p.alive, step, alive);
    for (let i = 0; i < alive; ++i) {
      const row = entry(p.order, i);
      let place = entry(p.cursors, row) + next;
      while (!load<u8>(mask + <usize>(row * steps + place))) place += next;
      setEntry(p.cursors, row, place);
      setEntry(p.cells, packed++, row * steps + place);
    }
  }
  return steps;
}

/** Lists every step of a block, as packSteps. */
function packAll(p: Packing, rows: i32, steps: i32, reverse: i32): i32 {
  for (let row = 0; row < rows; ++row) setEntry(p.order, row, row);
  let packed = 0;
  for (let step = 0; step < steps; ++step) {
    setEntry(p.alive, step, rows);
    const place = reverse ? steps - 1 - step : step;
    for (let row = 0; row < rows; ++row) setEntry(p.cells, packed++, row * steps + place);
  }
  return steps;
}

/**
 * Writes the padding of a block: called before its steps are run for what comes before a row's first valid step, and
 * after them for the rest. (src/sequence/padding.ts has the rules.)
 *
 * @param after whether the steps have been run
 * @param h (rows, width bytes) states
 * @param started (rows) u8: 1 once a row has had a valid step; updated after
 * @param y (rows, steps, width bytes), or 0 where nobody wants outputs
 * @param value what the rule FILL fills with
 */
export function pad(
  after: bool,
  rows: i32,
  steps: i32,
  mask: usize,
  reverse: i32,
  h: usize,
  started: usize,
  y: usize,
  width: usize,
  rule: i32,
  value: f32,
): void {
  const next = reverse ? -1 : 1;
  const fill = f32x4.splat(value);
  for (let row = 0; row < rows; ++row) {
    let place = reverse ? steps - 1 : 0;
    let seen = false;
    let shown = h + <usize>row * width;
    const hasStarted = load<u8>(started + <usize>row);
    for (let step = 0; step < steps; ++step, place += next) {
      const cell = <usize>(row * steps + place);
      const yr = y + cell * width;
      if (!mask || load<u8>(mask + cell)) {
        if (!after) break;
        seen = true;
        shown = yr;
        store<u8>(started + <usize>row, 1);
        if (!mask) break;
        continue;
      }
      if (!y || seen != after) continue;
      if (rule != FILL && (seen || hasStarted || rule == CARRY_STATE)) memory.copy(yr, shown, width);
      else for (let i: usize = 0; i < width; i += 16) v128.store(yr + i, fill);
    }
  }
}
