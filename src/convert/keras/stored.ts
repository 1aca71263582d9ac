import { CongruentError, showShape } from "../../errors.ts";
import type { Floats, Tensor } from "../../tensor.ts";

/** A weight in a file, read when it is asked for. */
export interface Stored {
  /** As the file names it; a number where it has no names. */
  readonly name: string;
  readonly shape: readonly number[];
  /** In the file. */
  readonly bytes: number;
  /** Row-major, as f32. */
  read(): Floats;
}

/** What the weights of a layer are called, in Keras's order. */
export type Roles = readonly string[];

/**
 * The weights of a layer by what they are. Keras keeps them in an order and names them too: both must agree, because a
 * kernel and a recurrent kernel can have the same shape.
 *
 * @throws CongruentError `file`: too many, too few, or in another order
 */
export function takeRoles(stored: readonly Stored[], roles: Roles, where: string): Tensor[] {
  if (stored.length !== roles.length) {
    throw new CongruentError(
      "file",
      `${where}: expected ${roles.length} weights (${roles.join(", ")}), got ${stored.length}`,
    );
  }
  return stored.map((weight, i) => {
    // `gru/gru_cell/kernel:0`, `gru_1_W_z`, `kernel_1:0`; `param_0` and `0` where there were no names.
    const last = weight.name.split("/").at(-1)?.replace(/:\d+$/, "") ?? "";
    const named = last.replace(/_\d+$/, "");
    // Keras 1 has the layer's name before it.
    const fits = named === roles[i] || (roles[i] !== "kernel" && named.endsWith(`_${roles[i]}`));
    if (!fits && !/^(param_)?\d+$/.test(last)) {
      throw new CongruentError("file", `${where}: expected ${roles[i]} as weight ${i}, got ${weight.name}`);
    }
    // An axis of 0 would let another one say anything.
    if (weight.shape.includes(0)) {
      throw new CongruentError("file", `${where}: ${weight.name} has the shape ${showShape(weight.shape)}`);
    }
    return { data: weight.read(), shape: weight.shape };
  });
}

/** Refuses a weight that is not of the shape that the configuration says. */
export function checkShape({ shape }: Tensor, wanted: readonly (number | null)[], where: string): void {
  if (shape.length !== wanted.length || !wanted.every((size, i) => size === null || size === shape[i])) {
    const text = showShape(wanted.map((size) => size ?? "inputs"));
    throw new CongruentError("file", `${where}: expected shape ${text}, got ${showShape(shape)}`);
  }
}
