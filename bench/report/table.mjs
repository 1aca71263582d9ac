/** Markdown tables and the numbers in them. */

/**
 * @param {string[]} head
 * @param {(string | number)[][]} rows
 */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

/** Three digits. @param {number} value */
export function number(value) {
  if (value >= 100) return value.toFixed(0);
  return Number(value.toPrecision(3)).toString();
}

/** @param {number} microseconds */
export function time(microseconds) {
  if (microseconds >= 1e6) return `${number(microseconds / 1e6)} s`;
  if (microseconds >= 1000) return `${number(microseconds / 1000)} ms`;
  return microseconds < 1 ? `${number(microseconds * 1000)} ns` : `${number(microseconds)} µs`;
}

/** @param {{ median: number, p99: number }} timing */
export function timing({ median, p99 }) {
  return `${time(median)} (${time(p99)})`;
}

/** @param {number} ratio */
export function times(ratio) {
  return `${number(ratio)}×`;
}

/** @param {number} value 0 to 1 */
export function percent(value) {
  return `${(value * 100).toFixed(0)} %`;
}

/** Records by the value of a key, in the order of their first appearance. */
export function groupBy(records, keyOf) {
  const groups = new Map();
  for (const record of records) {
    const key = keyOf(record);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(record);
  }
  return groups;
}
