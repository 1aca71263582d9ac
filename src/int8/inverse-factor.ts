/**
 * The upper triangle R with RᵀR = A⁻¹, for a symmetric, positive definite A.
 *
 * A = U·Uᵀ with U upper, from the last row to the first (a Cholesky factorisation backwards); then R = U⁻¹. Nothing but
 * +, -, ·, / and the square root, in one order: the same bits in every runtime.
 *
 * @param matrix (size, size), of which the upper triangle is read; stays
 * @returns (size, size), zeros below the diagonal
 */
export function inverseFactor(matrix: Float64Array, size: number): Float64Array {
  const u = Float64Array.from(matrix);
  for (let j = size - 1; j >= 0; j--) {
    for (let i = 0; i <= j; i++) {
      let sum = u[i * size + j];
      for (let k = j + 1; k < size; k++) sum -= u[i * size + k] * u[j * size + k];
      u[i * size + j] = sum;
    }
    const pivot = Math.sqrt(u[j * size + j]);
    for (let i = 0; i <= j; i++) u[i * size + j] /= pivot;
  }
  return invertUpper(u, size);
}

/** The inverse of an upper triangle; what is below its diagonal is not read. */
function invertUpper(u: Float64Array, size: number): Float64Array {
  const r = new Float64Array(size * size);
  for (let i = size - 1; i >= 0; i--) {
    const row = r.subarray(i * size, (i + 1) * size);
    const pivot = u[i * size + i];
    row[i] = 1 / pivot;
    for (let k = i + 1; k < size; k++) {
      const factor = u[i * size + k] / pivot;
      for (let j = k; j < size; j++) row[j] -= factor * r[k * size + j];
    }
  }
  return r;
}
