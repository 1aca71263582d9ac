import { existsSync, readFileSync } from "node:fs";

/** Where the transcribed suites lie when the project stands beside its shared folder. */
const sharedFolder = new URL("../../../shared/conformance/", import.meta.url);
/** The executed vectors, which are part of this project. */
const ownFolder = new URL("../vectors/", import.meta.url);

/** An activation as the vectors write it. */
export interface VectorActivation {
  readonly name: string;
  readonly alpha?: number;
  readonly beta?: number;
}

/** The parameters of one layer, all directions. Flat, row-major; null is absent. */
export interface VectorWeights {
  readonly I: number;
  /** (D, 3H, I), rows in the case's gate order */
  readonly W: readonly number[];
  /** (D, 3H, H) */
  readonly R: readonly number[];
  /** (D, 3H) */
  readonly b: readonly number[] | null;
  /** (D, 3H) */
  readonly rb: readonly number[] | null;
  /** (D, B, H) */
  readonly h0: readonly number[] | null;
}

/** One result that a case expects: see the schema "gru-conformance/1". */
export type ResultName = "Y" | "Y_h" | "last" | "merged" | "merged_last";

/** Results by name, flat. */
export type VectorResults = Partial<Record<ResultName, ArrayLike<number>>>;

/** How far a result may be from the expected one. */
export type Tolerance = { readonly atol: number; readonly rtol: number } | { readonly ulp_f32: number };

/** One case of the schema "gru-conformance/1", as its file has it. */
export interface Vector extends VectorWeights {
  readonly name: string;
  readonly source_test: string;
  readonly B: number;
  readonly T: number;
  readonly H: number;
  readonly D: 1 | 2;
  readonly direction: "forward" | "reverse" | "bidirectional";
  readonly gate_order: "zrh" | "rzh";
  readonly reset_after: boolean;
  /** (D) pairs: gates, candidate */
  readonly activations: readonly (readonly [VectorActivation, VectorActivation])[];
  readonly clip: number | null;
  /** (T, B, I); null is NaN */
  readonly X: readonly (number | null)[];
  readonly lengths: readonly number[] | null;
  /** (B, T) */
  readonly mask: readonly number[] | null;
  readonly padded_output: "zero" | "carry_output" | "carry_state" | { readonly value: number };
  readonly empty_state: "h0" | "zero";
  readonly merge_mode: "concat" | "sum" | "mul" | "ave" | null;
  /** How the framework was called. */
  readonly source_layout?: string;
  /** A stack: replaces W, R, b, rb and h0. */
  readonly layers?: readonly VectorWeights[];
  readonly expected: Readonly<VectorResults>;
  readonly tolerance: Tolerance;
}

/** The cases of an executed file in test/vectors. */
export function executedVectors(file: string): readonly Vector[] {
  return read(new URL(file, ownFolder));
}

/** The cases of a transcribed file, or null where the shared folder is absent. */
export function transcribedVectors(file: string): readonly Vector[] | null {
  const url = new URL(file, sharedFolder);
  return existsSync(url) ? read(url) : null;
}

function read(url: URL): readonly Vector[] {
  const suite = JSON.parse(readFileSync(url, "utf8")) as { schema: string; cases: Vector[] };
  if (suite.schema !== "gru-conformance/1") throw new Error(`${url}: expected gru-conformance/1, got ${suite.schema}`);
  return suite.cases;
}

/** The weights of each layer of a case, whether it is a stack or not. */
export function layersOf(vector: Vector): readonly VectorWeights[] {
  return vector.layers ?? [vector];
}
