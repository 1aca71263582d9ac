import { expected } from "../errors.ts";

/** Deeper than any file of ours; a limit so that no file can exhaust the stack. */
const maxDepth = 16;

/** A string in JSON, and whether it is a key. */
const strings = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/gs;

/**
 * JSON, but no key twice in one object: `JSON.parse` would keep the last and say nothing.
 *
 * @param where whose text it is, for the message
 * @throws CongruentError `file`
 */
export function parseJson(text: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw expected("file", where, "JSON", (cause as Error).message);
  }
  let written = 0;
  for (const [, colon] of text.matchAll(strings)) if (colon) written++;
  if (written !== countKeys(value, maxDepth, where)) {
    throw expected("file", where, "every key once", "a key that is there twice");
  }
  return value;
}

function countKeys(value: unknown, depth: number, where: string): number {
  if (typeof value !== "object" || value === null) return 0;
  if (depth === 0) throw expected("file", where, `at most ${maxDepth} levels`, "more");
  let count = 0;
  if (Array.isArray(value)) {
    // One by one: a list of the values would double a large array.
    for (const inner of value) if (typeof inner === "object") count += countKeys(inner, depth - 1, where);
    return count;
  }
  for (const key in value) count += 1 + countKeys((value as Record<string, unknown>)[key], depth - 1, where);
  return count;
}
