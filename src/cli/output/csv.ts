import { writeNumber } from "./numbers.ts";
import type { Result, Sink, Writer } from "./writer.ts";

/** One step a line, an empty line between sequences; a sequence that was bad has none. */
export class CsvWriter implements Writer {
  #between = "";

  constructor(private readonly sink: Sink) {}

  async row(result: Result | null): Promise<void> {
    if (!result) return;
    const { data, shape } = result.outputs;
    const size = shape[shape.length - 1];
    for (let at = 0; at < data.length; at += size) await this.step(data.subarray(at, at + size));
    // Sequences of one output each are lines of one table.
    if (shape.length > 1) await this.endSequence();
  }

  async step(outputs: Float32Array): Promise<void> {
    await this.sink.write(`${this.#between}${Array.from(outputs, writeNumber).join(",")}\n`);
    this.#between = "";
  }

  async endSequence(): Promise<void> {
    this.#between = "\n";
  }

  end(): Promise<void> {
    return this.sink.end();
  }
}
