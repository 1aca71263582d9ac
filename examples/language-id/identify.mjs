// @ts-check
/**
 * From text to languages: what the worker, the page and the command-line examples share.
 *
 * The model reads UTF-8, a byte a step, as token ids byte + 1 (0 is the padding of its training).
 */

/** Bytes after which it starts anew: it was trained on stretches of text, not on books. */
export const WINDOW = 256;

/** A model's reading of one text, byte by byte, in constant memory. */
export class Reader {
  #stream;
  #token = new Int32Array(1);
  /** (languages) after the bytes of the window at hand */
  #current;
  /** (languages) sums over the windows before it */
  #before;
  /** Bytes read */
  length = 0;

  /** @param {import("congruent").Model} model that begins with an embedding and ends with a softmax */
  constructor(model) {
    this.#stream = model.stream();
    const languages = model.outputShape.at(-1);
    this.#current = new Float32Array(Number(languages));
    this.#before = new Float64Array(Number(languages));
  }

  /**
   * Reads on.
   *
   * @param {ArrayLike<number>} bytes of UTF-8; a character may be cut in two by their end
   */
  read(bytes) {
    for (let i = 0; i < bytes.length; i++) {
      if (this.length > 0 && this.length % WINDOW === 0) {
        for (let k = 0; k < this.#current.length; k++) this.#before[k] += WINDOW * this.#current[k];
        this.#stream.reset();
      }
      this.#token[0] = bytes[i] + 1;
      this.#stream.step(this.#token, this.#current);
      this.length++;
    }
  }

  /**
   * How likely each language is after what was read: the mean over the windows, by their bytes. All 0 after nothing.
   *
   * @returns {number[]} in the order of the labels
   */
  get probabilities() {
    const last = this.length === 0 ? 0 : ((this.length - 1) % WINDOW) + 1;
    return Array.from(this.#current, (value, k) => (this.#before[k] + last * value) / Math.max(this.length, 1));
  }

  /** Forgets the text. */
  reset() {
    this.#stream.reset();
    this.#current.fill(0);
    this.#before.fill(0);
    this.length = 0;
  }

  /** Where it is in the text, to come back to. */
  save() {
    const [current, before] = [this.#current.slice(), this.#before.slice()];
    return { snapshot: this.#stream.snapshot(), current, before, length: this.length };
  }

  /** @param {ReturnType<Reader["save"]>} saved */
  restore({ snapshot, current, before, length }) {
    this.#stream.restore(snapshot);
    this.#current.set(current);
    this.#before.set(before);
    this.length = length;
  }
}

/**
 * The most likely languages first.
 *
 * @param {ArrayLike<number>} probabilities
 * @param {readonly { code: string, name: string }[]} labels
 */
export function ranking(probabilities, labels) {
  return labels
    .map((label, i) => ({ ...label, probability: probabilities[i] }))
    .sort((a, b) => b.probability - a.probability);
}
