import { expected } from "../../errors.ts";

/** Bytes of the longest line: memory is bounded whatever a file holds. */
const longest = 2 ** 26;

/** A line of a text without its end, or the fact that it is too long. */
export interface Line {
  readonly number: number;
  readonly text: string | Error;
}

/** The lines of a stream of bytes, ended by \n or \r\n, numbered from 1. */
export async function* readLines(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = [];
  let size = 0;
  const finish = (): Line => {
    number++;
    const tooLong = size > longest;
    const text = tooLong ? "" : Buffer.concat(parts).toString("utf8").replace(/\r$/, "");
    const given = size;
    parts = [];
    size = 0;
    return { number, text: tooLong ? expected("input", "line", `at most ${longest} bytes`, `${given}`) : text };
  };
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      yield finish();
    }
    add(chunk.subarray(from));
  }
  if (size > 0) yield finish();

  function add(part: Uint8Array): void {
    size += part.length;
    if (size <= longest) parts.push(part);
    else parts = [];
  }
}
