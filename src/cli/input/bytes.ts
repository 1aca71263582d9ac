import { expected } from "../../errors.ts";

/** A stream of bytes, taken in pieces of the size that is asked for. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What has arrived and was not asked for yet. */
  #left: Uint8Array = new Uint8Array(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** As many bytes, fewer only at the end. */
  async read(size: number): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    let missing = size;
    while (missing > 0) {
      if (this.#left.length === 0) {
        const { value, done } = await this.#chunks.next();
        if (done) break;
        this.#left = value;
        continue;
      }
      const part = this.#left.subarray(0, missing);
      this.#left = this.#left.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return new Uint8Array(Buffer.concat(parts));
  }

  /** @throws CongruentError `file`: there is more */
  async end(where: string): Promise<void> {
    if ((await this.read(1)).length > 0) throw expected("file", where, "the end of the file", "more bytes");
  }
}
