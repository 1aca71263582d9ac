// @ts-check
/**
 * A text that is edited, read along byte by byte: what is typed at its end costs a step a byte, what is deleted or
 * changed goes back to a snapshot of the stream and reads on from there.
 */
import { Reader } from "../identify.mjs";

/** Bytes between snapshots. One a byte would do, and take more memory than the model for a long text. */
const EVERY = 8;

export class Along {
  #reader;
  /** Of the text that was read */
  #bytes = new Uint8Array(0);
  /** @type {ReturnType<Reader["save"]>[]} The reader after 0, EVERY, 2·EVERY … bytes */
  #saved = [];
  /** Bytes read by the last change */
  steps = 0;

  /** @param {import("congruent").Model} model */
  constructor(model) {
    this.#reader = new Reader(model);
    this.#saved.push(this.#reader.save());
  }

  /**
   * The text is now this one.
   *
   * @param {string} text
   * @returns {number[]} probabilities
   */
  follow(text) {
    const bytes = new TextEncoder().encode(text);
    let same = 0;
    while (same < bytes.length && same < this.#bytes.length && bytes[same] === this.#bytes[same]) same++;
    if (same < this.#bytes.length) {
      this.#saved.length = Math.floor(same / EVERY) + 1;
      this.#reader.restore(this.#saved[this.#saved.length - 1]);
    }
    const start = this.#reader.length;
    for (let at = start; at < bytes.length; ) {
      const end = Math.min(bytes.length, (Math.floor(at / EVERY) + 1) * EVERY);
      this.#reader.read(bytes.subarray(at, end));
      if (end % EVERY === 0) this.#saved.push(this.#reader.save());
      at = end;
    }
    this.steps = bytes.length - start;
    this.#bytes = bytes;
    return this.#reader.probabilities;
  }
}
