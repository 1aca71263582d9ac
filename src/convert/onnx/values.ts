import type { Flow } from "../chain.ts";
import type { TensorProto } from "./proto.ts";

/** What is known of a value of the graph without running it. */
export type Value =
  | Flow
  /** A tensor whose numbers are known. */
  | { readonly is: "constant"; readonly tensor: TensorProto }
  /** Zeros, in a shape that depends on the input's. */
  | { readonly is: "zeros" }
  /** Follows from shapes and constants alone, and was not worked out. */
  | { readonly is: "static" }
  /** The final states of several GRUs, which a model returns anyway. */
  | { readonly is: "states" }
  /** Data moved about in a way that no layer does. It may still be an initial state or lengths. */
  | Loose
  /** What a refused operator gives. */
  | { readonly is: "unknown" };

export interface Loose {
  readonly is: "loose";
  /** Where the data came from. */
  readonly from: Flow;
  readonly name: string;
  readonly kind: string;
  readonly why: string;
}

/** What an operator gives, by output; those that are not named are unknown. */
export type Outputs = readonly Value[];

export const unknown: Value = { is: "unknown" };
export const zeros: Value = { is: "zeros" };
export const fixed: Value = { is: "static" };
