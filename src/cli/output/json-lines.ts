import type { Tensor } from "../../tensor.ts";
import { writeJsonNumber } from "./numbers.ts";
import type { Result, Sink, Writer } from "./writer.ts";

/** A sequence's outputs a line, null for a bad one; with states, `{ "outputs": …, "states": […] }`. Steps are lines too. */
export class JsonLinesWriter implements Writer {
  constructor(
    private readonly sink: Sink,
    private readonly states: boolean,
  ) {}

  row(result: Result | null): Promise<void> {
    if (!result) return this.sink.write("null\n");
    const outputs = writeTensor(result.outputs);
    if (!this.states) return this.sink.write(`${outputs}\n`);
    return this.sink.write(`{"outputs":${outputs},"states":[${result.states.map(writeTensor).join(",")}]}\n`);
  }

  step(outputs: Float32Array): Promise<void> {
    return this.sink.write(`${writeVector(outputs)}\n`);
  }

  async endSequence(): Promise<void> {}

  end(): Promise<void> {
    return this.sink.end();
  }
}

function writeTensor({ data, shape }: Tensor): string {
  if (shape.length === 1) return writeVector(data);
  const [rows, size] = shape;
  return `[${Array.from({ length: rows }, (_, row) => writeVector(data.subarray(row * size, (row + 1) * size))).join(",")}]`;
}

const writeVector = (data: Float32Array): string => `[${Array.from(data, writeJsonNumber).join(",")}]`;
