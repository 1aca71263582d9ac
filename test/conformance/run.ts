import type { GruLayer, Layer } from "../../src/layers/layer.ts";
import type { RunOptions } from "../../src/model/input.ts";
import type { Model } from "../../src/model/model.ts";
import { compare, type Mismatch } from "./compare.ts";
import type { Engine } from "./engines.ts";
import type { Peer } from "./peers.ts";
import { layersOf, type Tolerance, type Vector, type VectorResults } from "./vectors.ts";

/** A deliberate breakage, to see that the vectors notice it. */
export interface Mutation {
  readonly layer?: (layer: GruLayer) => GruLayer;
  readonly options?: (options: RunOptions) => RunOptions;
}

/**
 * Runs a case through the public API, once with and once without `returnSequences`, and compares all that it expects.
 *
 * @returns what is not as expected; a result that no run gives is a mismatch too
 */
export function check(
  { createModel }: Engine,
  peer: Peer,
  vector: Vector,
  mutation: Mutation = {},
  tolerance: Tolerance = vector.tolerance,
): Mismatch[] {
  const unseen = new Set(Object.keys(vector.expected));
  const mismatches = [true, false].flatMap((returnSequences) => {
    const layers = peer.layers(vector, returnSequences).map((layer) => mutate(layer, mutation.layer));
    const actual = run(createModel(layers), peer, vector, returnSequences, mutation.options);
    const expected = Object.fromEntries(Object.entries(vector.expected).filter(([name]) => name in actual));
    for (const name of Object.keys(expected)) unseen.delete(name);
    return compare(actual, expected, tolerance);
  });
  return [...mismatches, ...compare({}, pick(vector.expected, unseen), tolerance)];
}

function pick(results: VectorResults, names: ReadonlySet<string>): VectorResults {
  return Object.fromEntries(Object.entries(results).filter(([name]) => names.has(name)));
}

function mutate(layer: Layer, change: Mutation["layer"]): Layer {
  if (!change) return layer;
  if (layer.kind === "gru") return change(layer);
  if (layer.kind === "bidirectional") {
    return { ...layer, forward: change(layer.forward), backward: change(layer.backward) };
  }
  return layer;
}

/** One run of a case, its results in the vectors' layout. */
function run(
  model: Model,
  peer: Peer,
  vector: Vector,
  returnSequences: boolean,
  change: Mutation["options"] = (options) => options,
): VectorResults {
  const { B, T, H, D, lengths, mask } = vector;
  const timeMajor = peer.timeMajor(vector);
  const semantics = peer.semantics(vector);
  const result = model.run(
    batch(vector, timeMajor),
    change({ timeMajor, semantics, lengths, mask: mask && rowsOf(mask, B), initialState: initialState(vector) }),
  );
  const Y_h = result.states.flatMap(({ data }) => [...data]);
  const directions = [result.outputs, ...(result.backwardOutputs ? [result.backwardOutputs] : [])];
  if (!returnSequences) {
    const last = directions.flatMap(({ data }) => [...data]);
    return vector.merge_mode ? { Y_h, merged_last: last } : { Y_h, last };
  }
  const [forward, backward] = directions.map(({ data, shape }) => {
    const steps = timeMajor ? rowsOf(data, T) : byTime([...data], B, T, shape[2]);
    // Keras gives the outputs of `go_backwards` in the order in which it made them: last input first.
    const isBackwards = D === 1 && vector.direction === "reverse" && isProcessingOrder(semantics);
    return isBackwards ? steps.reverse() : steps;
  });
  if (vector.merge_mode) return { Y_h, merged: forward.flat() };
  if (backward) return { Y_h, Y: forward.flatMap((step, t) => [...step, ...backward[t]]) };
  // PyTorch puts the directions of a step beside each other, (T, B, D·H).
  return { Y_h, Y: forward.flatMap((step) => (D === 1 ? step : byTime(step, B, D, H).flat())) };
}

/** (T, B, I) as it is, or as rows in rows, (B)(T)(I); null is NaN. */
function batch({ X, B, T }: Vector, timeMajor: boolean) {
  const data = X.map((value) => value ?? Number.NaN);
  const inputs = data.length / (T * B);
  if (timeMajor) return { data: Float32Array.from(data), shape: [T, B, inputs] };
  return rowsOf(byTime(data, T, B, inputs).flat(), B).map((row) => rowsOf(row, T));
}

/** By slot (B)(H), layer after layer, forward before backward. */
function initialState(vector: Vector) {
  return layersOf(vector).flatMap(({ h0 }) =>
    h0 ? rowsOf(h0, vector.D).map((state) => rowsOf(state, vector.B)) : new Array<null>(vector.D).fill(null),
  );
}

function isProcessingOrder(semantics: ReturnType<Peer["semantics"]>): boolean {
  const preset = typeof semantics === "string" ? semantics : semantics.preset;
  return preset === "keras" || preset === "keras-jax" || preset === "tfjs";
}

/** A list in equal parts. */
function rowsOf(flat: ArrayLike<number>, count: number): number[][] {
  const size = flat.length / count;
  return Array.from({ length: count }, (_, row) => Array.from(flat).slice(row * size, (row + 1) * size));
}

/** (outer, inner, size) → (inner)(outer · size): axes 0 and 1 exchanged. */
function byTime(flat: readonly number[], outer: number, inner: number, size: number): number[][] {
  return Array.from({ length: inner }, (_, i) =>
    Array.from({ length: outer }, (_, o) => flat.slice((o * inner + i) * size, (o * inner + i + 1) * size)).flat(),
  );
}
