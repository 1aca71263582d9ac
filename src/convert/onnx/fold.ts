import { CongruentError } from "../../errors.ts";
import type { NodeProto, TensorProto } from "./proto.ts";
import { countOf, isReal, readFloats, readIntegers } from "./tensor.ts";

/** A tensor worked out. */
interface Numbers {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  readonly real: boolean;
}

/** Operators on constants that exporters leave in graphs: they move weights and sizes about, and compute nothing. */
type Fold = (inputs: readonly Numbers[], node: NodeProto) => Numbers | null;

const folds: Readonly<Record<string, Fold>> = {
  Identity: ([x]) => x,
  Cast: ([x], node) => cast(x, node.attributes.get("to")?.i ?? 0),
  Unsqueeze: ([x, axes], node) => unsqueeze(x, axisList(axes, node) ?? []),
  Squeeze: ([x, axes], node) => squeeze(x, axisList(axes, node)),
  Reshape: ([x, shape], node) => reshape(x, shape, node),
  Transpose: ([x], node) => transpose(x, node.attributes.get("perm")?.ints),
  Concat: (inputs, node) => concat(inputs, node.attributes.get("axis")?.i ?? 0),
  Slice: ([x, starts, ends, axes, steps], node) =>
    slice(
      x,
      listOf(starts) ?? node.attributes.get("starts")?.ints,
      listOf(ends) ?? node.attributes.get("ends")?.ints,
      listOf(axes) ?? node.attributes.get("axes")?.ints,
      listOf(steps),
    ),
  Gather: ([x, indices], node) => gather(x, indices, node.attributes.get("axis")?.i ?? 0),
};

/** Whether {@link fold} knows the operator. */
export function canFold(operator: string): boolean {
  return Object.hasOwn(folds, operator);
}

/**
 * An operator on constants → its result.
 *
 * @param inputs null for one that is left out
 * @param work how many numbers may still be moved
 * @returns null where this is not worked out, and the numbers moved
 */
export function fold(
  node: NodeProto,
  inputs: readonly (TensorProto | null)[],
  work: number,
): { readonly tensor: TensorProto | null; readonly moved: number } {
  let moved = 0;
  for (const input of inputs) if (input) moved += countOf(input.shape, input.name);
  if (moved > work) throw new CongruentError("unsupported", `${node.name}: expected fewer constants to work out`);
  const read = (tensor: TensorProto | null): Numbers => {
    if (!tensor) return { shape: [0], data: new Float64Array(0), real: false };
    const real = isReal(tensor);
    return { shape: tensor.shape, real, data: real ? readFloats(tensor) : readIntegers(tensor) };
  };
  const known = inputs.map(read);
  const folder = folds[node.operator];
  const result = known.length > 0 && known[0].shape.length <= 8 ? folder(known, node) : null;
  if (!result) return { tensor: null, moved };
  return { tensor: toTensor(node.outputs[0] ?? "", result), moved: moved + result.data.length };
}

function toTensor(name: string, { shape, data, real }: Numbers): TensorProto {
  const type = real ? 1 : 7;
  const raw = new Uint8Array(data.length * (real ? 4 : 8));
  const view = new DataView(raw.buffer);
  data.forEach((value, i) => {
    if (real) view.setFloat32(4 * i, value, true);
    // "To the end" is written as 2^63 - 1, which a double rounds up.
    else view.setBigInt64(8 * i, value >= 2 ** 63 ? 2n ** 63n - 1n : BigInt(value), true);
  });
  return { name, shape, type, message: raw, raw, external: null };
}

function listOf(numbers: Numbers | undefined): readonly number[] | undefined {
  return numbers && numbers.data.length > 0 ? [...numbers.data] : undefined;
}

/** Axes as an input (from opset 13 on) or as an attribute. */
function axisList(input: Numbers | undefined, node: NodeProto): readonly number[] | undefined {
  return listOf(input) ?? node.attributes.get("axes")?.ints;
}

/** TensorProto.DataType: reals to reals, integers to integers. */
function cast(x: Numbers, to: number): Numbers | null {
  const real = [1, 10, 11, 16].includes(to);
  if (real === x.real && (real ? to === 1 || to === 11 : to === 6 || to === 7)) return x;
  return null;
}

/** Negative axes count from the end. */
function normal(axes: readonly number[], rank: number): number[] | null {
  const found = axes.map((axis) => (axis < 0 ? axis + rank : axis));
  return found.every((axis) => Number.isInteger(axis) && axis >= 0 && axis < rank) ? found : null;
}

function unsqueeze(x: Numbers, axes: readonly number[]): Numbers | null {
  const at = normal(axes, x.shape.length + axes.length);
  if (!at || new Set(at).size !== at.length) return null;
  const rest = [...x.shape];
  const shape = Array.from({ length: x.shape.length + at.length }, (_, i) =>
    at.includes(i) ? 1 : (rest.shift() as number),
  );
  return { ...x, shape };
}

function squeeze(x: Numbers, axes: readonly number[] | undefined): Numbers | null {
  const at = axes ? normal(axes, x.shape.length) : x.shape.flatMap((size, i) => (size === 1 ? [i] : []));
  if (!at?.every((axis) => x.shape[axis] === 1)) return null;
  return { ...x, shape: x.shape.filter((_, i) => !at.includes(i)) };
}

function reshape(x: Numbers, target: Numbers | undefined, node: NodeProto): Numbers | null {
  const wanted = listOf(target) ?? node.attributes.get("shape")?.ints ?? [];
  const zero = node.attributes.get("allowzero")?.i === 1;
  const shape = wanted.map((size, i) => (size === 0 && !zero ? (x.shape[i] ?? -2) : size));
  const free = shape.indexOf(-1);
  const known = shape.reduce((product, size, i) => (i === free ? product : product * size), 1);
  if (free >= 0) shape[free] = x.data.length / known;
  if (!shape.every((size) => Number.isInteger(size) && size >= 0)) return null;
  return shape.reduce((product, size) => product * size, 1) === x.data.length ? { ...x, shape } : null;
}

/** Picks numbers: for each place of a shape, where it comes from. */
function pick(x: Numbers, shape: readonly number[], from: (place: readonly number[]) => readonly number[]): Numbers {
  const count = shape.reduce((product, size) => product * size, 1);
  const data = x.real ? new Float32Array(count) : new Float64Array(count);
  const place = shape.map(() => 0);
  for (let i = 0; i < count; i++) {
    const source = from(place);
    let index = 0;
    for (let axis = 0; axis < x.shape.length; axis++) index = index * x.shape[axis] + source[axis];
    data[i] = x.data[index];
    for (let axis = shape.length - 1; axis >= 0 && ++place[axis] === shape[axis]; axis--) place[axis] = 0;
  }
  return { shape, data, real: x.real };
}

function transpose(x: Numbers, given: readonly number[] | undefined): Numbers | null {
  const rank = x.shape.length;
  const perm = given?.length ? given : x.shape.map((_, i) => rank - 1 - i);
  if (perm.length !== rank || new Set(perm).size !== rank || !perm.every((axis) => x.shape[axis] !== undefined)) {
    return null;
  }
  const source = new Array<number>(rank);
  return pick(
    x,
    perm.map((axis) => x.shape[axis]),
    (place) => {
      for (let i = 0; i < rank; i++) source[perm[i]] = place[i];
      return source;
    },
  );
}

function concat(inputs: readonly Numbers[], given: number): Numbers | null {
  const [first] = inputs;
  const [axis] = normal([given], first.shape.length) ?? [-1];
  const same = ({ shape, real }: Numbers) =>
    real === first.real &&
    shape.length === first.shape.length &&
    shape.every((size, i) => i === axis || size === first.shape[i]);
  if (axis < 0 || !inputs.every(same)) return null;
  const inner = first.shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const outer = first.shape.slice(0, axis).reduce((product, size) => product * size, 1);
  const length = inputs.reduce((sum, { shape }) => sum + shape[axis], 0);
  const data = first.real ? new Float32Array(outer * length * inner) : new Float64Array(outer * length * inner);
  let to = 0;
  for (let row = 0; row < outer; row++) {
    for (const { shape, data: from } of inputs) {
      const size = shape[axis] * inner;
      data.set(from.subarray(row * size, (row + 1) * size), to);
      to += size;
    }
  }
  return { data, real: first.real, shape: first.shape.map((size, i) => (i === axis ? length : size)) };
}

function slice(
  x: Numbers,
  starts: readonly number[] | undefined,
  ends: readonly number[] | undefined,
  givenAxes: readonly number[] | undefined,
  givenSteps: readonly number[] | undefined,
): Numbers | null {
  if (!starts || !ends) return null;
  const axes = normal(givenAxes ?? starts.map((_, i) => i), x.shape.length);
  const steps = givenSteps ?? starts.map(() => 1);
  if (!axes || ends.length !== starts.length || axes.length !== starts.length || !steps.every((step) => step === 1)) {
    return null;
  }
  const offsets = x.shape.map(() => 0);
  const shape = [...x.shape];
  axes.forEach((axis, i) => {
    const clamp = (value: number) => Math.min(Math.max(value < 0 ? value + x.shape[axis] : value, 0), x.shape[axis]);
    offsets[axis] = clamp(starts[i]);
    shape[axis] = Math.max(0, clamp(ends[i]) - offsets[axis]);
  });
  const source = new Array<number>(shape.length);
  return pick(x, shape, (place) => {
    for (let i = 0; i < source.length; i++) source[i] = place[i] + offsets[i];
    return source;
  });
}

/** Of one index, which is all that exporters do to sizes and weights. */
function gather(x: Numbers, indices: Numbers | undefined, given: number): Numbers | null {
  const [axis] = normal([given], x.shape.length) ?? [-1];
  if (axis < 0 || indices?.data.length !== 1 || indices.shape.length > 1) return null;
  const [index] = normal([indices.data[0]], x.shape[axis]) ?? [-1];
  if (index < 0) return null;
  const one = slice(x, [index], [index + 1], [axis], undefined);
  return one && (indices.shape.length === 1 ? one : squeeze(one, [axis]));
}
