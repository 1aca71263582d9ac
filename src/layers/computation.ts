import type { Sequence, Store } from "../sequence/sequence.ts";
import type { Layer } from "./layer.ts";
import type { LayerShape } from "./stack.ts";

/**
 * How a layer is computed that is written once, in plain TypeScript with Math.fround after every operation, and used by
 * both engines: so its bits are the same in both. For layers that cost little beside a GRU.
 */
export interface Computation<L> {
  /**
   * The shape of what the layer gives.
   *
   * @param previous the layer before it, for the message
   * @throws CongruentError `model`: it cannot take what comes in
   */
  shape(layer: L, input: LayerShape, previous: string): LayerShape;
  /**
   * The whole sequence.
   *
   * @param store where the output's numbers go: asked once, for all of them
   * @returns the output with its mask; what comes in stays as it is
   */
  run(layer: L, input: Sequence, store: Store): Sequence;
  /**
   * One step of a stream; none where the layer needs the future.
   *
   * @param input (rows, I)
   * @param output gets (rows, F)
   * @param features I
   */
  step?(layer: L, input: Float32Array, output: Float32Array, rows: number, features: number): void;
}

/** Where a layer keeps its computation. A symbol: it is neither an option nor a weight. */
const key = Symbol("computation");

type Made<L> = L & { readonly [key]: Computation<L> | null };

/** A frozen description, with its computation if it brings one. Every layer is made here. */
export function makeLayer<L extends object>(layer: L, computation: Computation<L> | null = null): L {
  return Object.freeze<Made<L>>({ ...layer, [key]: computation });
}

/** The computation that a layer brings, if it does; undefined for what is not a layer of ours. */
export function computationOf<L extends Layer>(layer: L): Computation<L> | null | undefined {
  return (layer as Made<L> | null)?.[key];
}
