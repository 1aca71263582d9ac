// @ts-check
// Printing: float32 numbers as NumPy prints them, and tables whose odd cells stand out.

const colours = process.stdout.isTTY && !process.env.NO_COLOR;

/**
 * The shortest decimal that reads back as the same float32, with NumPy's dot after a whole number.
 *
 * @param {number} value a float32
 * @returns {string}
 */
export function float32(value) {
  if (!Number.isFinite(value)) return String(value);
  let digits = 1;
  while (Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  const text = Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(digits)));
  return /[.e]/.test(text) ? text : `${text}.`;
}

/**
 * Rows of one batch as lines, columns aligned.
 *
 * @param {{ data: Float32Array, shape: readonly number[] }} tensor (B, T, 1)
 * @returns {string[]}
 */
export function rows({ data, shape: [batch, time] }) {
  const cells = Array.from(data, float32);
  const width = Math.max(...cells.map((cell) => cell.length));
  return Array.from({ length: batch }, (_, row) =>
    cells
      .slice(row * time, (row + 1) * time)
      .map((cell) => cell.padStart(width))
      .join(" "),
  );
}

/**
 * @param {string} text
 * @param {boolean} marked
 * @param {number} width
 * @returns {string} the text in `width` columns; marked ones in inverse bold on a terminal, with a star elsewhere
 */
export function cell(text, marked, width) {
  if (!marked) return `${text.padStart(width)} `;
  if (!colours) return `${text.padStart(width)}*`;
  return `${" ".repeat(width - text.length)}\x1b[1;7m${text}\x1b[0m `;
}

/** How {@link cell} marks, in words. */
export const markedWith = colours ? "inverse" : "a star";
