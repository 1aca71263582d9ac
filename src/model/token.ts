import { expected, show, showCell } from "../errors.ts";

/**
 * Checks a token id.
 *
 * @param used false: the step is padding, where any id will do, and is 0
 * @param cell index into (rows, steps), for the message
 * @throws CongruentError `token`
 */
export function readToken(
  given: unknown,
  vocabulary: number,
  used: boolean,
  where: string,
  cell: number,
  steps: number,
): number {
  const id = typeof given === "bigint" ? Number(given) : (given as number);
  if (Number.isInteger(id) && id >= 0 && id < vocabulary) return id;
  if (used)
    throw expected("token", showCell(where, cell, steps), `a token id from 0 to ${vocabulary - 1}`, show(given));
  return 0;
}
