import type { Stack } from "../layers/stack.ts";
import type { Semantics } from "../sequence/semantics.ts";

/**
 * The seam between the API and what computes. Two engines stand behind it: the WebAssembly kernel and the readable
 * TypeScript reference. They give the same bits.
 *
 * Everything that crosses here has been validated: an engine checks nothing again.
 *
 * A *state slot* is one GRU direction, counted over the stack in layer order; a bidirectional layer has two,
 * forward then backward.
 */
export interface Engine {
  /** Runs one batch through the stack, from the given states to the final ones. */
  run(batch: Batch, results: Results): void;
  /** A cursor over time with a state of its own. The model has no layer that needs the future. */
  stream(rows: number, semantics: Semantics, useMasks: boolean): EngineStream;
}

/** Makes an engine for a validated stack. */
export type EngineFactory = (stack: Stack) => Engine;

/** A validated padded batch, batch-major. */
export interface Batch {
  /** B */
  readonly rows: number;
  /** T */
  readonly steps: number;
  /** (B, T, I) features, or (B, T) ids when the stack begins with an embedding */
  readonly data: Float32Array | Int32Array;
  /**
   * (B, T), 1 where a step is valid: from explicit lengths or mask, and it replaces whatever the layers would make.
   * null: the masks are the layers' own.
   */
  readonly validity: Uint8Array | null;
  /** false: no masks at all (validity is null): masking layers do nothing, padding is data. */
  readonly useMasks: boolean;
  readonly semantics: Semantics;
  /** By slot: (B, H), or null for zeros. Never written to. */
  readonly initialStates: readonly (Float32Array | null)[];
}

/** Where a run writes. The engine fills every cell of `outputs` and `states`. */
export interface Results {
  /**
   * (B, T, F), or (B, F) when the stack does not return a sequence. A bidirectional layer that merges `none` gives
   * both directions one after the other: twice that size, forward first.
   */
  readonly outputs: Float32Array;
  /** By slot: (B, H) */
  readonly states: readonly Float32Array[];
  /** The mask behind the last layer, (B, T) 1 where valid; null where there is none. Set by the engine, and its own. */
  mask: Uint8Array | null;
}

/** One or more rows that advance a step at a time, together. */
export interface EngineStream {
  /**
   * One step.
   * @param frame (rows, I) features, or (rows) ids when the stack begins with an embedding
   * @param out (rows, F)
   * @param valid (rows) 1 where this step is valid, replacing the layers' own masks; null: the layers' own
   */
  step(frame: Float32Array | Int32Array, out: Float32Array, valid: Uint8Array | null): void;
  /** The states, by slot (rows, H): the engine's own, to be read, and written over, before the next step. */
  states(): readonly Float32Array[];
  /**
   * By slot (rows): 1 once the row has had a valid step. Before it, `carry-output` pads with 0. Owned by the engine;
   * the API reads it for a snapshot and writes it for a restore or a reset.
   */
  readonly started: readonly Uint8Array[];
}
