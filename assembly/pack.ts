/**
 * The packed layout: weights in the order in which the matrix kernels read them.
 *
 * A matrix of `depth` rows (k) and `gates · units` columns becomes columns padded with zeros to whole vectors, gate by
 * gate, and then groups of up to GROUP vectors:
 *
 *     column  ┆ z0 z1 z2 z3 │ z4 0 0 0 ┆ r0 r1 r2 r3 │ r4 0 0 0 ┆ n0 …          (units 5 → padded 8, 6 vectors)
 *     group 0 ┆ k=0: v0 v1 v2 │ k=1: v0 v1 v2 │ …  depth times
 *     group 1 ┆ k=0: v3 v4 v5 │ …                  the last group is as narrow as what is left
 *
 * So one pass over a group's memory, front to back, is one pass over k. A tile of several rows takes a group, whose
 * memory stays in the first-level cache while all rows pass over it; a tile of one row takes four groups at once, and
 * reads every weight once, in four linear streams. Three gates of whole vectors are whole groups for any number of
 * units.
 */

/** Vectors in a full group: a tile of three rows has nine sums, and V8 has registers for six values more. */
export const GROUP: i32 = 3;

/** Units rounded up to whole vectors of four. */
// @ts-ignore: decorator
@inline
export function padded(units: i32): i32 {
  return (units + 3) & ~3;
}

/** Vectors of one k-row of the group that begins at vector `first`. */
// @ts-ignore: decorator
@inline
export function groupWidth(vectors: i32, first: i32): i32 {
  return min(GROUP, vectors - first);
}

/**
 * Packs some rows of a matrix; call it until all of `depth` are in.
 *
 * @param source (count, sourceStride) f32, the first gate's columns first
 * @param sourceStride floats from one source row to the next
 * @param k0 row of the matrix that the first source row is
 * @param count rows in source
 * @param depth rows of the whole matrix
 * @param gates column blocks
 * @param units columns of a block
 * @param target packed matrix, gates · padded(units) · depth floats, zero wherever there is no weight
 */
export function pack(
  source: usize,
  sourceStride: i32,
  k0: i32,
  count: i32,
  depth: i32,
  gates: i32,
  units: i32,
  target: usize,
): void {
  const gateVectors = padded(units) >> 2;
  const vectors = gates * gateVectors;
  for (let vector = 0; vector < vectors; ++vector) {
    const gate = vector / gateVectors;
    const unit = (vector - gate * gateVectors) << 2;
    const lanes = min(4, units - unit);
    const first = (vector / GROUP) * GROUP;
    const width = groupWidth(vectors, first);
    let from = (source + <usize>(gate * units + unit)) << 2;
    let to = (target << 2) + ((<usize>(first * depth + k0 * width + vector - first)) << 4);
    for (let k = 0; k < count; ++k) {
      for (let lane = 0; lane < lanes; ++lane) {
        store<f32>(to + (<usize>lane << 2), load<f32>(from + (<usize>lane << 2)));
      }
      from += <usize>sourceStride << 2;
      to += <usize>width << 4;
    }
  }
}
