/** The shortest decimal that is this f32 again; NaN and infinities as `nan`, `inf`, `-inf`. */
export function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return Object.is(value, -0) ? "-0" : String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** The same for JSON, which has no number that is not finite: null. */
export function writeJsonNumber(value: number): string {
  return Number.isFinite(value) ? writeNumber(value) : "null";
}
