// @ts-check
/**
 * The shortest decimal that reads back as the same float32.
 *
 * @param {number} value a float32
 */
export function float32(value) {
  if (!Number.isFinite(value)) return String(value);
  let digits = 1;
  while (Math.fround(Number(value.toPrecision(digits))) !== value) digits++;
  return Object.is(value, -0) ? "-0" : String(Number(value.toPrecision(digits)));
}

/** Few digits, for an overview. @param {number} value */
export function short(value) {
  if (!Number.isFinite(value)) return String(value);
  const text = value.toPrecision(4);
  return text.includes("e") ? text : String(Number(text));
}
