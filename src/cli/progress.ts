import { SingleBar } from "cli-progress";

/** Passes a stream on, with a bar on stderr where that is a terminal and the length is known. */
export async function* withProgress(
  stream: AsyncIterable<Uint8Array>,
  total: number | null,
): AsyncGenerator<Uint8Array> {
  if (total === null || !process.stderr.isTTY) {
    yield* stream;
    return;
  }
  const bar = new SingleBar({
    format: "{bar} {percentage}% {eta_formatted}",
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(total, 0);
  try {
    for await (const chunk of stream) {
      yield chunk;
      bar.increment(chunk.length);
    }
  } finally {
    bar.stop();
  }
}
