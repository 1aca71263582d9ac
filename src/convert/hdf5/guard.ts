import { CongruentError, show } from "../../errors.ts";

/**
 * Runs what calls jsfive, which throws texts, and what JavaScript throws where it reads past the end.
 * @throws CongruentError `file`
 */
export function guard<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CongruentError) throw cause;
    const why = cause instanceof Error ? cause.message : show(cause);
    const message = `${where}: damaged, or a kind of HDF5 that is not read here (${why})`;
    throw new CongruentError("file", message, { cause });
  }
}
