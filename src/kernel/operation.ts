import type { EmbeddingLayer } from "../layers/layer.ts";
import type { Batch } from "../model/engine.ts";
import type { Sequence } from "./sequence.ts";

/** A layer in the kernel. */
export interface Operation {
  /** Writes the weights into memory that has been committed. */
  upload?(): void;
  /**
   * The whole sequence.
   *
   * @param target where the outputs go, if they are the last layer's; else the operation has its own memory for them
   */
  run(input: Sequence, context: RunContext, target: Float32Array | null): Sequence;
  /** Its part of a stream's step; none where it does nothing. */
  step?(frame: StreamFrame, context: StreamContext): void;
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
  /** As in a Sequence */
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
