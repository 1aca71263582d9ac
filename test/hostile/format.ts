import type { ForeignFile } from "../../src/convert/foreign.ts";

/**
 * A format under attack. Each is the default export of a file of its own in `formats/`, and found there by its name.
 */
export interface HostileFormat {
  /**
   * Sound files, small and unlike each other: the harness damages them. Their `beside` is given as it is, undamaged;
   * where files beside are to be attacked too, make a seed whose `bytes` are theirs, and let `read` know by the name.
   *
   * @param root the project's folder: fixtures are found from there
   */
  seeds(root: URL): readonly HostileSeed[] | Promise<readonly HostileSeed[]>;
  /**
   * Reads one file as a user would, and looks at everything in it: layers that are made late must be made here. Rejects
   * with a CongruentError, or gives whatever holds all numbers and options.
   */
  read(file: ForeignFile): Promise<unknown>;
  /**
   * Judges a damaged file that was read all the same and gave something else than the sound one.
   *
   * @returns a complaint where that is a silent wrong answer; null where the damage itself says other numbers (weights
   *   without a checksum). Without this, every such answer is allowed, and counted.
   */
  judge?(damage: Damage): string | null;
}

export interface HostileSeed extends ForeignFile {
  /** Where this file can be cut: ends of headers, records, blocks. */
  readonly boundaries?: readonly number[];
}

export interface Damage {
  readonly seed: HostileSeed;
  readonly bytes: Uint8Array;
  readonly what: string;
  /** What `read` gave for the sound file and for the damaged one. */
  readonly sound: unknown;
  readonly read: unknown;
}

/** What became of the damaged files of one format. */
export interface HostileReport {
  readonly cases: number;
  /** Refused with a CongruentError. */
  readonly refused: number;
  /** Read, to the same layers as the sound file. */
  readonly same: number;
  /** Read, to others. */
  readonly changed: number;
  /** What must never happen, one sentence each. */
  readonly failures: readonly string[];
  /** CPU seconds of the slowest case. */
  readonly slowest: number;
  /** Bytes of memory that the hungriest case took. */
  readonly hungriest: number;
}
