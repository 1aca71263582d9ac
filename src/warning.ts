import type { CongruentError } from "./errors.ts";
import { checkOption } from "./options.ts";

/** What is done with a warning. One that throws it makes it an error. */
export type WarningHandler = (warning: CongruentError) => void;

let handler: WarningHandler | null = null;

/**
 * Sets what is done with warnings, of which there is one: this engine's WebAssembly computes wrongly, and models run on
 * the fallback instead. It goes to the console unless this says otherwise.
 *
 * @param next null: to the console
 * @returns what was set before; null for the console
 * @throws CongruentError `option`: it is neither
 * @example onWarning((warning) => { throw warning; });
 */
export function onWarning(next: WarningHandler | null): WarningHandler | null {
  checkOption(next === null || typeof next === "function", "onWarning", "a function or null", next);
  const before = handler;
  handler = next;
  return before;
}

/** Says it, once or each time: that is the caller's. */
export function warn(warning: CongruentError): void {
  if (handler) handler(warning);
  // Looked up only when there is something to say: some runtimes have no console, and none is needed.
  else (globalThis as { console?: { warn(text: string): void } }).console?.warn(String(warning));
}
