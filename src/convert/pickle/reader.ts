import { CongruentError, expected } from "../../errors.ts";

/** The bytes of a pickle, front to back; what would lie beyond their end is an error. */
export class PickleReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#where = where;
  }

  /** Of the next byte. */
  get position(): number {
    return this.#at;
  }

  /** Where the next byte is, for messages. */
  get place(): string {
    return `${this.#where}, byte ${this.#at}`;
  }

  /** @returns where the taken bytes begin */
  #take(count: number): number {
    if (count > this.#bytes.length - this.#at) {
      throw expected("file", this.place, `${count} bytes more`, `${this.#bytes.length - this.#at} until the end`);
    }
    this.#at += count;
    return this.#at - count;
  }

  byte(): number {
    return this.#bytes[this.#take(1)];
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** A length or a size; beyond 2⁵³ it is beyond the end too. */
  uint64(): number {
    return Number(this.#view.getBigUint64(this.#take(8), true));
  }

  /** Big-endian, the one thing here that is. */
  float64(): number {
    return this.#view.getFloat64(this.#take(8), false);
  }

  /** A copy, so that the file need not stay. */
  bytes(count: number): Uint8Array {
    const start = this.#take(count);
    return this.#bytes.slice(start, start + count);
  }

  text(count: number): string {
    const start = this.#take(count);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        this.#bytes.subarray(start, start + count),
      );
    } catch (cause) {
      throw new CongruentError("file", `${this.place}: expected a text in UTF-8, got other bytes`, { cause });
    }
  }

  /** A whole number in two's complement, little-endian. */
  long(count: number): number | bigint {
    // PyTorch's largest are the seeds of random generators; longer ones could be slow to read.
    if (count > 32) throw expected("unsupported", this.place, "whole numbers of at most 32 bytes", `one of ${count}`);
    const start = this.#take(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#bytes[start + i]);
    if (count > 0 && this.#bytes[start + count - 1] & 0x80) value -= 1n << BigInt(8 * count);
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }

  /** Up to the next line feed, which is taken too. */
  line(): string {
    const end = this.#bytes.indexOf(10, this.#at);
    if (end < 0) throw expected("file", this.place, "the end of a line", "the end of the pickle");
    const line = this.text(end - this.#at);
    this.#take(1);
    return line;
  }
}
