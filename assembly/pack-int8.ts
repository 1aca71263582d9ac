/**
 * The packed layout of int8 weights: the groups of pack.ts, a step of k (dot-int8.ts) where one k stands there.
 *
 *     scales   (4 · vectors) f32    a scale a column; written by JS
 *     starts   (4 · vectors) i32    where the column's sum starts
 *     weights  group by group, (deep(K) / k of a step) steps, then the group's vectors
 *
 * Rows come as numbers from 1 to 127 where they are to be multiplied by the relaxed dot (quantize-row.ts), 64 more than
 * they should be: the sum starts from -64 · Σ weights in exchange.
 */
import { depthOf } from "./dot-int8";
import { GROUP, groupWidth, padded } from "./pack";

/** K rounded up to what a tile goes through at a time: two steps at least. Weights behind K are zeros. */
// @ts-ignore: decorator
@inline
export function deep(depth: i32): i32 {
  return (depth + 7) & ~7;
}

/** Whether a matrix of this precision is multiplied by the relaxed dot. */
// @ts-ignore: decorator
@inline
export function isRelaxed(precision: i32): bool {
  return ASC_FEATURE_RELAXED_SIMD && precision == 7;
}

/** Bytes of the weights of some vectors. */
// @ts-ignore: decorator
@inline
export function weightsSize<T>(vectors: i32, depth: i32): usize {
  return ((<usize>(vectors * deep(depth))) << 2) * sizeof<T>();
}

/**
 * Bytes of a packed matrix.
 *
 * @param depth rows of the matrix
 * @param vectors columns / 4
 * @param precision 7 or 14
 */
export function sizeInt8(depth: i32, vectors: i32, precision: i32): i32 {
  const weights = isRelaxed(precision) ? weightsSize<i8>(vectors, depth) : weightsSize<i16>(vectors, depth);
  return (vectors << 5) + <i32>weights;
}

/**
 * Packs some rows of a matrix; call it until all of `depth` are in, each row once.
 *
 * @param source (count, sourceStride) i8, in bytes, the first gate's columns first
 * @param sourceStride numbers from one source row to the next
 * @param k0 row of the matrix that the first source row is
 * @param count rows in source
 * @param depth rows of the whole matrix
 * @param gates column blocks
 * @param units columns of a block
 * @param precision 7 or 14
 * @param target packed matrix, zeros before: sizeInt8 bytes, gates · padded(units) / 4 vectors
 */
export function packInt8(
  source: usize,
  sourceStride: i32,
  k0: i32,
  count: i32,
  depth: i32,
  gates: i32,
  units: i32,
  precision: i32,
  target: usize,
): void {
  target <<= 2;
  if (isRelaxed(precision)) packSteps<i8>(source, sourceStride, k0, count, depth, gates, units, target);
  else packSteps<i16>(source, sourceStride, k0, count, depth, gates, units, target);
}

function packSteps<T>(
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
  const starts = target + (<usize>vectors << 4);
  const weights = starts + (<usize>vectors << 4);
  const stepDepth = depthOf<T>();
  for (let vector = 0; vector < vectors; ++vector) {
    const gate = vector / gateVectors;
    const unit = (vector - gate * gateVectors) << 2;
    const lanes = min(4, units - unit);
    const first = (vector / GROUP) * GROUP;
    const width = groupWidth(vectors, first);
    const group = weights + weightsSize<T>(first, depth) + (<usize>(vector - first) << 4);
    for (let k = 0; k < count; ++k) {
      const from = source + <usize>(k * sourceStride + gate * units + unit);
      const step = (k0 + k) / stepDepth;
      const to = group + (<usize>(step * width) << 4) + <usize>(k0 + k - step * stepDepth) * sizeof<T>();
      for (let lane = 0; lane < lanes; ++lane) {
        const weight = load<i8>(from + lane);
        store<T>(to + <usize>(lane * stepDepth) * sizeof<T>(), <T>weight);
        if (sizeof<T>() == 1) {
          const start = starts + ((<usize>((vector << 2) + lane)) << 2);
          store<i32>(start, load<i32>(start) - (<i32>weight << 6));
        }
      }
    }
  }
}
