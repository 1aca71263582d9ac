/**
 * `@assemblyscript/loader` makes a TextDecoder when it is imported, to read strings that congruent's module does not
 * have. AudioWorklets have none, and there its import alone would fail; so the build gives the loader this class, which
 * reads nothing.
 */
export class TextDecoder {}
