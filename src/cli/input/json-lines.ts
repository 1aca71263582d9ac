import { expected, show } from "../../errors.ts";
import { checkKeys } from "../../options.ts";
import { type Line, readLines } from "./lines.ts";
import type { Bad, Row } from "./sequences.ts";

/**
 * One sequence a line: an array, or `{ "input": array, "length": n, "mask": [1, 0] }`. Empty lines are left out.
 */
export async function* readJsonLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Row | Bad> {
  for await (const line of readLines(stream)) {
    if (line.text === "") continue;
    try {
      yield readRow(line);
    } catch (error) {
      yield { line: line.number, error: error as Error };
    }
  }
}

function readRow({ number: line, text }: Line): Row {
  if (typeof text !== "string") throw text;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw expected("input", "the line", "JSON", (cause as Error).message);
  }
  if (Array.isArray(value)) return { line, input: value, steps: value.length };
  checkKeys(value, ["input", "length", "mask"], "the line");
  const { input, length, mask } = value as { input: unknown; length?: number; mask?: number[] };
  if (!Array.isArray(input)) throw expected("input", "input", "an array", show(input));
  if (mask !== undefined && !(Array.isArray(mask) && mask.length === input.length)) {
    throw expected("mask", "mask", `an array of ${input.length}`, show(mask));
  }
  return { line, input, steps: input.length, length, mask };
}
