/** A fingerprint of bits: two 32-bit lanes in the manner of FNV-1a, over 32-bit words. */
export class Hash {
  #low = 0x811c9dc5;
  #high = 0x9747b28c;

  /** @param {number} word taken as 32 bits */
  add(word) {
    this.#low = Math.imul(this.#low ^ word, 0x01000193);
    this.#low ^= this.#low >>> 15;
    this.#high = Math.imul(this.#high ^ word, 0x85ebca6b);
    this.#high = (this.#high << 13) | (this.#high >>> 19);
    return this;
  }

  /** @param {ArrayLike<number>} values whole numbers, their count included */
  addWords(values) {
    this.add(values.length);
    for (let i = 0; i < values.length; i++) this.add(values[i]);
    return this;
  }

  /** @param {Float32Array} values by their bits; -0 is not 0, and all NaNs are one, as WebAssembly leaves theirs open */
  addFloats(values) {
    const words = new Int32Array(new Float32Array(values).buffer);
    this.add(values.length);
    for (let i = 0; i < words.length; i++) this.add(Number.isNaN(values[i]) ? 0x7fc00000 : words[i]);
    return this;
  }

  /** 16 hexadecimal digits. */
  toString() {
    return [this.#low, this.#high].map((lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
  }
}
