import { open } from "node:fs/promises";
import { writeNpyHeader } from "../../convert/npz/npy.ts";
import { expected, showShape } from "../../errors.ts";
import type { Result, Sink, Writer } from "./writer.ts";

/**
 * One array: all outputs of one shape, [batch, …]; or the steps of one sequence, [time, features]. How many there are is
 * written when all are there, so it must be a file. A bad sequence is NaN.
 */
export class NpyWriter implements Writer {
  /** Of one sequence's outputs. */
  #shape: readonly number[] | null = null;
  #count = 0;
  /** Bad ones, before the first good one says how large they are. */
  #waiting = 0;
  #sequences = 0;

  constructor(
    private readonly sink: Sink,
    private readonly path: string,
  ) {}

  async row(result: Result | null): Promise<void> {
    if (!result) {
      if (!this.#shape) this.#waiting++;
      else await this.#write(new Float32Array(product(this.#shape)).fill(Number.NaN));
      return;
    }
    const { data, shape } = result.outputs;
    if (!this.#shape) {
      this.#shape = shape;
      await this.sink.write(writeNpyHeader([0, ...shape]));
      for (; this.#waiting > 0; this.#waiting--) await this.row(null);
    }
    if (String(shape) !== String(this.#shape)) {
      throw expected("input", this.path, `outputs of one shape, ${showShape(this.#shape)}`, showShape(shape));
    }
    await this.#write(data);
  }

  async step(outputs: Float32Array): Promise<void> {
    if (this.#sequences > 0) throw expected("input", this.path, "one sequence", "another one: write JSON lines or CSV");
    await this.row({ outputs: { data: outputs as Result["outputs"]["data"], shape: [outputs.length] }, states: [] });
  }

  async endSequence(): Promise<void> {
    this.#sequences++;
  }

  async end(): Promise<void> {
    const shape = this.#shape ?? [];
    if (!this.#shape) await this.sink.write(writeNpyHeader([0]));
    await this.sink.end();
    if (this.#count === 0) return;
    const file = await open(this.path, "r+");
    await file.write(writeNpyHeader([this.#count, ...shape]), 0, null, 0);
    await file.close();
  }

  async #write(data: Float32Array): Promise<void> {
    this.#count++;
    const bytes = new Uint8Array(4 * data.length);
    const view = new DataView(bytes.buffer);
    for (let i = 0; i < data.length; i++) view.setFloat32(4 * i, data[i], true);
    await this.sink.write(bytes);
  }
}

const product = (sizes: readonly number[]): number => sizes.reduce((all, size) => all * size, 1);
