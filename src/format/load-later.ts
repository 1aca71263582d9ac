import { expected } from "../errors.ts";

/**
 * The code that reads files, which is imported when it is first needed: whoever makes models by hand does not pay for it.
 *
 * @throws CongruentError `file`: it does not come, as where there is no `import()`
 */
export function loadLater<T>(code: Promise<T>): Promise<T> {
  return code.catch((cause) => {
    throw expected("file", "loadModel", "a dynamic import to work (if none can, use congruent/load)", String(cause));
  });
}
