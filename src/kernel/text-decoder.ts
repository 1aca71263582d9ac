/**
 * `@assemblyscript/loader` makes a TextDecoder when it is imported, to read strings that congruent's module does not
 * have. AudioWorklets have none, and there its import alone would fail. This stand-in, imported before the loader,
 * makes the import succeed; it is put in place only where nothing is, and it can only say no.
 */
const scope = globalThis as { TextDecoder?: unknown };

if (typeof scope.TextDecoder === "undefined") {
  scope.TextDecoder = class {
    decode(): never {
      throw new TypeError("this runtime has no TextDecoder");
    }
  };
}
