/** Outputs of several chains, and of both ways to lay out time, as one array. */

/**
 * @param {Float32Array[]} parts
 * @returns {Float32Array}
 */
export function concatenate(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * (A, B, F) → (B, A, F)
 *
 * @template {Float32Array | Int32Array} Numbers
 * @param {Numbers} data
 * @param {number} outer A
 * @param {number} inner B
 * @returns {Numbers}
 */
export function turn(data, outer, inner) {
  const width = data.length / (outer * inner);
  const turned = data.slice();
  for (let a = 0; a < outer; a++) {
    for (let b = 0; b < inner; b++) {
      const from = (a * inner + b) * width;
      turned.set(data.subarray(from, from + width), (b * outer + a) * width);
    }
  }
  return turned;
}
