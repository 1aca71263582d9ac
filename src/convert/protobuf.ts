import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { CongruentError, expected } from "../errors.ts";

/**
 * How many values a file may be read into. An empty message takes two bytes in a file and a hundred in memory, so their
 * number has to follow from the file's size; a real graph has some ten bytes for each value, and weights besides.
 */
export class Budget {
  #left: number;

  /** @param size bytes of the file */
  constructor(size: number) {
    this.#left = 200_000 + size / 64;
  }

  /** @throws CongruentError `file`: there are more values than a graph of this size has */
  take(): void {
    if (this.#left-- < 1) throw new CongruentError("file", "the file: expected a graph, got values without end");
  }
}

/** How repeated numbers are written. Integers are signed; those beyond 2^53 lose digits, which only "to the end" has. */
export type NumberKind = "integer" | "float" | "double";

const widths = { integer: WireType.Varint, float: WireType.Bit32, double: WireType.Bit64 } as const;

/** One protobuf message, a field after the other. A field that nobody reads is skipped. */
export class Message {
  /** The number of the field that the cursor is at. */
  field = 0;
  readonly #reader: BinaryReader;
  readonly budget: Budget;
  readonly #where: string;
  #type: WireType = WireType.Varint;
  /** Whether the field has not been read yet. */
  #pending = false;

  /** @param where the message's name, for errors */
  constructor(bytes: Uint8Array, budget: Budget, where: string) {
    this.#reader = new BinaryReader(bytes);
    this.budget = budget;
    this.#where = where;
  }

  /**
   * Goes to the next field.
   * @throws CongruentError `file`
   */
  next(): boolean {
    return this.#guard(() => {
      const reader = this.#reader;
      if (this.#pending) reader.skip(this.#type, this.field);
      this.#pending = reader.pos < reader.len;
      if (!this.#pending) return false;
      [this.field, this.#type] = reader.tag();
      return true;
    });
  }

  /** A view of the file. */
  bytes(): Uint8Array {
    return this.#read(WireType.LengthDelimited, () => this.#reader.bytes());
  }

  text(): string {
    return this.#read(WireType.LengthDelimited, () => this.#reader.string(true));
  }

  integer(): number {
    return this.#read(WireType.Varint, () => Number(this.#reader.int64()));
  }

  float(): number {
    return this.#read(WireType.Bit32, () => this.#reader.float());
  }

  /** An unsigned number of 32 bits, written as it is. */
  fixed(): number {
    return this.#read(WireType.Bit32, () => this.#reader.fixed32());
  }

  /** A message inside this one. */
  message(where: string): Message {
    return new Message(this.bytes(), this.budget, where);
  }

  /** Adds the numbers of a repeated field, packed or not. */
  numbers(kind: NumberKind, list: number[]): void {
    this.#each(kind, (value) => {
      this.budget.take();
      list.push(value);
    });
  }

  /**
   * Puts the numbers of a repeated field into an array.
   *
   * @param from the index of the first
   * @returns the index behind the last; numbers beyond the array's end are counted, and lost
   */
  fill(kind: NumberKind, into: { [index: number]: number; readonly length: number }, from: number): number {
    let index = from;
    this.#each(kind, (value) => {
      if (index < into.length) into[index] = value;
      index++;
    });
    return index;
  }

  #each(kind: NumberKind, visit: (value: number) => void): void {
    this.#guard(() => {
      const reader = this.#reader;
      this.#pending = false;
      const read = () =>
        kind === "integer" ? Number(reader.int64()) : kind === "float" ? reader.float() : reader.double();
      if (this.#type !== WireType.LengthDelimited) {
        this.#check(widths[kind]);
        visit(read());
        return;
      }
      const end = reader.uint32() + reader.pos;
      if (end > reader.len) throw this.#error("a list that ends inside the message");
      while (reader.pos < end) visit(read());
      if (reader.pos !== end) throw this.#error("whole numbers of bytes in a list");
    });
  }

  #read<T>(type: WireType, read: () => T): T {
    return this.#guard(() => {
      this.budget.take();
      this.#check(type);
      this.#pending = false;
      return read();
    });
  }

  #check(type: WireType): void {
    if (this.#type !== type) throw this.#error(`wire type ${type} of field ${this.field}`, String(this.#type));
  }

  #error(wanted: string, given = "another"): CongruentError {
    return expected("file", this.#where, wanted, given);
  }

  /** What the wire reader throws → our error. */
  #guard<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof CongruentError) throw error;
      const message = error instanceof Error ? error.message : String(error);
      throw new CongruentError("file", `${this.#where}: expected a protobuf message, got ${message}`, { cause: error });
    }
  }
}
