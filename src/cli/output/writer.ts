import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Tensor } from "../../tensor.ts";

/** What one sequence gave. */
export interface Result {
  /** [time, features], or [features] */
  readonly outputs: Tensor;
  readonly states: readonly Tensor[];
}

/** Writes results as they come. */
export interface Writer {
  /** A sequence's; null where it was bad. */
  row(result: Result | null): Promise<void>;
  /** One step's outputs of a sequence that goes on. */
  step(outputs: Float32Array): Promise<void>;
  /** Behind the last step of a sequence. */
  endSequence(): Promise<void>;
  /** Behind everything. */
  end(): Promise<void>;
}

/** A file or stdout, that waits until what it was given is on its way: memory stays bounded. */
export class Sink {
  readonly #stream: NodeJS.WritableStream;

  #error: Error | null = null;

  constructor(path: string) {
    this.#stream = path === "-" ? process.stdout : createWriteStream(path);
    this.#stream.on("error", (error) => {
      this.#error = error;
    });
  }

  async write(data: string | Uint8Array): Promise<void> {
    if (this.#error) throw this.#error;
    if (!this.#stream.write(data)) await once(this.#stream, "drain");
  }

  async end(): Promise<void> {
    if (this.#error) throw this.#error;
    if (this.#stream === process.stdout) return;
    this.#stream.end();
    await finished(this.#stream);
  }
}
