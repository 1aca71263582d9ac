// Numbers that are the same everywhere: from integers by shifts alone, and exact in f32.

/** Marsaglia's xorshift32. */
export class Random {
  #state;

  /** @param {string} name the seed: models do not change when others are added */
  constructor(name) {
    let state = 0x811c9dc5;
    for (let i = 0; i < name.length; i++) state = Math.imul(state ^ name.charCodeAt(i), 0x01000193);
    this.#state = state | 1;
    for (let i = 0; i < 8; i++) this.next();
  }

  /** 32 bits, signed. */
  next() {
    let state = this.#state;
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    this.#state = state;
    return state;
  }

  /** A whole number from 0 up to, but not with, `limit`. */
  below(limit) {
    return (this.next() >>> 8) % limit;
  }

  /** @param {number} scale a power of two; values are multiples of scale / 32768 from -scale up */
  floats(count, scale = 1) {
    const values = new Float32Array(count);
    for (let i = 0; i < count; i++) values[i] = ((this.next() >> 16) / 32768) * scale;
    return values;
  }

  /** @returns {{ data: Float32Array, shape: number[] }} */
  tensor(shape, scale = 1) {
    return { data: this.floats(sizeOf(shape), scale), shape };
  }

  /** Token ids, [batch, time]. */
  tokens(shape, vocabulary) {
    const data = new Int32Array(sizeOf(shape));
    for (let i = 0; i < data.length; i++) data[i] = this.below(vocabulary);
    return { data, shape };
  }

  /** [batch, time] of 0 and 1, three in four valid (holes and leading padding), one in every row at least. */
  mask(rows, steps) {
    const mask = new Uint8Array(rows * steps);
    for (let i = 0; i < mask.length; i++) mask[i] = this.below(4) > 0 ? 1 : 0;
    for (let row = 0; row < rows; row++) mask[row * steps + this.below(steps)] = 1;
    return mask;
  }
}

function sizeOf(shape) {
  return shape.reduce((size, axis) => size * axis, 1);
}
