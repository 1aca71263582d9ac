import { expected } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import type { Batch, Results } from "../model/engine.ts";
import type { Sequence, Store } from "../sequence/sequence.ts";
import type { KernelMemory } from "./memory.ts";
import type { Scratch } from "./scratch.ts";

/** A layer in the kernel. */
export interface Operation {
  /**
   * The whole sequence. What goes into a stack may be ids, in place of its features; an embedding that a GRU follows hands
   * them on.
   *
   * @param store where the output's numbers go: asked once, for all of them
   */
  run(input: Sequence, batch: Batch, results: Results, store: Store): Sequence;
  /**
   * Its part of a stream's step; none where the layer needs the future.
   *
   * @param x where what comes in is: (rows, padded(F))
   * @param y another such buffer, for what comes out
   * @param features F
   * @returns the features of what it wrote to y; 0 if what comes out is in x
   */
  step?(frame: StreamFrame, x: number, y: number, features: number): number;
}

/** What the operations of a model are made with. */
export type Build = KernelMemory & Scratch;

/**
 * Makes a layer's operation, and places its weights.
 *
 * @param previous the layer before it, next the one behind it; undefined at the ends
 */
export type OperationFactory<L extends Layer> = (
  layer: L,
  build: Build,
  previous: Layer | undefined,
  next: Layer | undefined,
) => Operation;

/** Where a layer keeps its factory. A symbol: it is neither an option nor a weight. */
const key = Symbol("operation");

type Equipped<L extends Layer> = L & { readonly [key]?: OperationFactory<L> };

/**
 * A layer that brings its operation. So the engine knows none by itself, and what a user does not import is in no bundle.
 */
export function withOperation<L extends Layer>(layer: L, factory: OperationFactory<L>): L {
  return Object.freeze<Equipped<L>>({ ...layer, [key]: factory });
}

/**
 * The factory that a layer brings.
 *
 * @throws CongruentError `model`: it brings none
 */
export function operationOf<L extends Layer>(layer: L): OperationFactory<L> {
  const factory = (layer as Equipped<L>)[key];
  if (factory) return factory;
  const wanted = `${layer.kind}() of congruent or congruent/core`;
  throw expected("model", layer.name, wanted, "one of congruent/reference");
}

/** What the layers share in one step of a stream. */
export interface StreamFrame {
  readonly semantics: Batch["semantics"];
  readonly useMasks: boolean;
  /** By slot: (rows) 1 once there was a valid step */
  readonly started: readonly Uint8Array[];
  /** By slot: where the states are in the kernel's memory, (rows, Hp) */
  readonly states: readonly number[];
  /** How many rows, of at most ROWS */
  rows: number;
  /** The row of the stream that row 0 is */
  first: number;
  /** The mask given with the step, which layers leave alone */
  validity: Uint8Array | null;
  /** Where (rows) 1 stands where the step is valid: in the scratch's mask; 0 where all are */
  mask: number;
}
