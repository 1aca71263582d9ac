import { expected } from "../errors.ts";
import type { EmbeddingLayer, Layer } from "../layers/layer.ts";
import type { Batch } from "../model/engine.ts";
import type { KernelMemory } from "./memory.ts";
import type { Recurrence } from "./recurrence.ts";
import type { Scratch } from "./scratch.ts";
import type { KernelSequence } from "./sequence.ts";

/** A layer in the kernel. */
export interface Operation {
  /**
   * The whole sequence.
   *
   * @param target where the outputs go, if they are the last layer's; else the operation has its own memory for them
   */
  run(input: KernelSequence, context: RunContext, target: Float32Array | null): KernelSequence;
  /** Its part of a stream's step; none where it does nothing. */
  step?(frame: StreamFrame, context: StreamContext): void;
}

/** What the operations of a model are made with, layer by layer. */
export interface Build {
  readonly memory: KernelMemory;
  readonly scratch: Scratch;
  /** What writes the weights, once there is memory for all of them. Operations add theirs. */
  readonly uploads: (() => void)[];
  /** By slot. Operations add theirs. */
  readonly recurrences: Recurrence[];
  /** The embedding whose ids reach the layer at hand; null where features do. Operations say what leaves them. */
  embedding: EmbeddingLayer | null;
}

/** Makes a layer's operation, and reserves room for its weights; null for a layer that does nothing. */
export type OperationFactory<L extends Layer> = (layer: L, build: Build) => Operation | null;

/** Where a layer keeps its factory. A symbol: it is neither an option nor a weight. */
const key = Symbol("congruent.operation");

type Equipped<L extends Layer> = L & { readonly [key]?: OperationFactory<L> };

/**
 * A layer that brings its operation. So the engine knows none by itself, and what a user does not import is in no bundle.
 */
export function withOperation<L extends Layer>(layer: L, factory: OperationFactory<L>): L {
  return Object.freeze<Equipped<L>>({ ...layer, [key]: factory });
}

/**
 * Makes the operation that a layer brings.
 *
 * @throws CongruentError `model`: it brings none
 */
export function makeOperation<L extends Layer>(layer: L, build: Build): Operation | null {
  const factory = (layer as Equipped<L>)[key];
  if (factory) return factory(layer, build);
  const wanted = `a layer made by ${layer.kind}() of congruent or congruent/core, which brings its operation`;
  throw expected("model", layer.name, wanted, "one that brings none, as congruent/reference makes them");
}

/** What the operations of one run share. */
export interface RunContext {
  readonly batch: Batch;
  /** Final states by slot, (B, H) */
  readonly states: readonly Float32Array[];
}

/** What the operations of one stream share. */
export interface StreamContext {
  readonly semantics: Batch["semantics"];
  readonly useMasks: boolean;
  /** By slot: (rows) 1 once there was a valid step */
  readonly started: readonly Uint8Array[];
  /** By slot: where the states are in the kernel's memory, (rows, Hp) */
  readonly states: readonly number[];
}

/** What passes from layer to layer in one step of a stream: rows in the kernel's memory. */
export interface StreamFrame {
  /** How many rows, of at most ROWS */
  rows: number;
  /** The row of the stream that row 0 is */
  first: number;
  /** Address of (rows, F), or of ids while `embedding` is set */
  address: number;
  /** Bytes from one row to the next */
  stride: number;
  /** F */
  features: number;
  /** The buffer, of the two, that the address is not in */
  spare: number;
  /** As in a KernelSequence */
  embedding: EmbeddingLayer | null;
  /** Whether the scratch's mask has (rows) 1 where the step is valid; else all are */
  masked: boolean;
  /** Whether the mask was given with the step, so that layers leave it alone */
  explicit: boolean;
}

/** Moves a frame on to the buffer that a layer has written. */
export function advance(frame: StreamFrame, features: number, stride: number): void {
  const from = frame.address;
  frame.address = frame.spare;
  frame.spare = from;
  frame.features = features;
  frame.stride = stride;
  frame.embedding = null;
}
