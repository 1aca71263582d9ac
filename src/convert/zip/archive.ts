import { inflateSync } from "fflate";
import { CongruentError, expected } from "../../errors.ts";
import { crc32 } from "./crc32.ts";
import { readDirectory, type ZipEntry } from "./directory.ts";

/** How an archive is read. */
export interface ZipOptions {
  /**
   * Whether a CRC of 0 means that nobody computed one. PyTorch writes it so on request
   * (`torch.serialization.set_crc32_options(False)`). Default false.
   */
  readonly zeroCrc?: boolean | undefined;
}

/**
 * A zip file in memory. Its directory is checked at once, an entry's bytes when they are read.
 *
 * What may be inflated in all is twice the file's length and 16 MiB: weights hardly compress, a bomb does.
 */
export class ZipArchive {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  readonly #entries: ReadonlyMap<string, ZipEntry>;
  readonly #zeroCrc: boolean;
  #budget: number;

  /**
   * @param where its name, for messages
   * @throws CongruentError `file`: no zip, or a damaged one; `unsupported`: encrypted, or not deflated
   */
  constructor(bytes: Uint8Array, where: string, { zeroCrc = false }: ZipOptions = {}) {
    this.#bytes = bytes;
    this.#where = where;
    this.#entries = new Map(readDirectory(bytes, where).map((entry) => [entry.name, entry]));
    this.#zeroCrc = zeroCrc;
    this.#budget = 2 * bytes.length + 2 ** 24;
  }

  /** Of every entry, in the directory's order; folders end with `/`. */
  get names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /**
   * Bytes of an entry, once inflated, as the directory says.
   * @throws CongruentError `file`: there is none of this name
   */
  size(name: string): number {
    return this.#entry(name).size;
  }

  /**
   * The bytes of an entry: a view of the archive where they are stored, else a new array.
   *
   * @throws CongruentError `file`: there is none of this name, its bytes are not those that were written, or they are
   *   more than an honest archive of this size has
   */
  read(name: string): Uint8Array {
    const entry = this.#entry(name);
    const stored = this.#bytes.subarray(entry.start, entry.start + entry.stored);
    const bytes = entry.deflated ? this.#inflate(stored, entry) : stored;
    if (!(this.#zeroCrc && entry.crc === 0) && crc32(bytes) !== entry.crc) {
      throw expected("file", `${this.#where}, ${name}`, "the bytes that were written", "others (their CRC-32 differs)");
    }
    return bytes;
  }

  #entry(name: string): ZipEntry {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw expected("file", this.#where, `an entry ${name}`, "none");
    return entry;
  }

  #inflate(stored: Uint8Array, { name, size }: ZipEntry): Uint8Array {
    const where = `${this.#where}, ${name}`;
    if (size > this.#budget)
      throw expected("file", where, `at most ${this.#budget} bytes more in this file`, `${size}`);
    this.#budget -= size;
    let inflated: Uint8Array;
    try {
      inflated = inflateSync(stored, { out: new Uint8Array(size) });
    } catch (cause) {
      throw new CongruentError("file", `${where}: expected ${size} deflated bytes, got other data`, { cause });
    }
    if (inflated.length !== size) throw expected("file", where, `${size} bytes`, String(inflated.length));
    return inflated;
  }
}
