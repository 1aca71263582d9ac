import { parse } from "csv-parse/sync";
import { expected, show } from "../../errors.ts";
import { readLines } from "./lines.ts";
import type { Bad, Step } from "./sequences.ts";

/**
 * One step a line, a feature a column; an empty line ends a sequence. The first line may be names.
 *
 * A quoted field does not go on in the next line: these are numbers.
 */
export async function* readCsv(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Step | Bad> {
  let begins = true;
  for await (const { number: line, text } of readLines(stream)) {
    if (typeof text === "string" && text.trim() === "") {
      begins = true;
      continue;
    }
    try {
      if (typeof text !== "string") throw text;
      const [fields] = parse(line === 1 ? text.replace(/^\ufeff/, "") : text, { trim: true }) as string[][];
      const frame = fields.map(toNumber);
      if (line === 1 && frame.every(Number.isNaN)) continue;
      const wrong = frame.findIndex((value, i) => Number.isNaN(value) && !/^[+-]?nan$/i.test(fields[i]));
      if (wrong >= 0) throw expected("input", `column ${wrong + 1}`, "a number", show(fields[wrong]));
      yield { line, frame, begins };
      begins = false;
    } catch (error) {
      yield { line, error: error as Error };
    }
  }
}

/** An empty field is no number: Number would say 0. */
function toNumber(field: string): number {
  if (/^[+-]?inf(inity)?$/i.test(field))
    return field.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return field === "" ? Number.NaN : Number(field);
}
