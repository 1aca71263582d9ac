import type { Activation } from "../activation.ts";
import type { Product } from "../reference/product.ts";

/**
 * Layers as the engines see them: validated, flat, in one internal order.
 *
 * Gate order is Keras's everywhere inside: z (update), r (reset), n (candidate). A matrix is (inputs, 3·units),
 * row-major, with the z columns first.
 */
export type Layer =
  | EmbeddingLayer
  | MaskingLayer
  | GruLayer
  | BidirectionalLayer
  | DenseLayer
  | DropoutLayer
  | ComputedLayer;

/** Those that bring their own computation, the same for both engines. */
export type ComputedLayer =
  | ActivationLayer
  | BatchNormalizationLayer
  | LayerNormalizationLayer
  | PoolingLayer
  | RepeatVectorLayer;

/** Token ids → rows of a table; ids of zero can be masked. */
export interface EmbeddingLayer {
  readonly kind: "embedding";
  readonly name: string;
  /** V: ids are 0..V-1. */
  readonly vocabulary: number;
  /** E: features of a row. */
  readonly features: number;
  /** (V, E) */
  readonly weights: Float32Array;
  /** Whether id 0 is a masked step. */
  readonly maskZero: boolean;
  /** The table as a file of int8 has it; `weights` is what it stands for. */
  readonly int8?: QuantizedTable;
}

/** Masks the steps whose features all equal one value, and writes 0 over them. */
export interface MaskingLayer {
  readonly kind: "masking";
  readonly name: string;
  readonly maskValue: number;
}

/** The parameters of one GRU direction. */
export interface GruWeights {
  /** (I, 3H), gates z|r|n */
  readonly kernel: Float32Array;
  /** (H, 3H), gates z|r|n */
  readonly recurrentKernel: Float32Array;
  /** (3H), or null for none */
  readonly bias: Float32Array | null;
  /** (3H), or null for none */
  readonly recurrentBias: Float32Array | null;
}

/** A matrix in int8: weight = value · scale, rounded to f32. */
export interface QuantizedMatrix {
  /** (K, N), row-major */
  readonly values: Int8Array;
  /** (N), a scale a column */
  readonly scales: Float32Array;
  /** What the rounding cost, where it is known. */
  readonly error?: QuantizationError | undefined;
}

/** How far int8 weights are off, relative to the matrix: |error| / |weight|, of the largest ones and of the rms. */
export interface QuantizationError {
  readonly max: number;
  readonly rms: number;
}

/** The table of an embedding in int8, with a scale a row: (V, E) and (V). */
export interface QuantizedTable extends QuantizedMatrix {
  readonly kind: "int8";
}

/** Bits to which the rows are quantised that an int8 matrix is multiplied by. */
export type Precision = 7 | 14;

/** The matrices of one GRU direction in int8 (congruent/int8). */
export interface QuantizedGru {
  /** (I, 3H), gates z|r|n */
  readonly kernel: QuantizedMatrix;
  /** (H, 3H), gates z|r|n */
  readonly recurrentKernel: QuantizedMatrix;
  readonly precision: Precision;
  /** How the reference multiplies by them: layers bring it, so that nothing else need know of int8. */
  readonly multiply: Product<QuantizedMatrix>;
  /** How the kernel keeps them (src/kernel/matrix.ts), of which nobody else need know the type. */
  readonly matrices: object;
}

/** A GRU over time in one direction. */
export interface GruLayer {
  readonly kind: "gru";
  readonly name: string;
  /** I */
  readonly inputs: number;
  /** H */
  readonly units: number;
  readonly weights: GruWeights;
  /** Its products in int8; `weights` then has the same matrices as f32, for all that does not run them. */
  readonly int8?: QuantizedGru;
  /** g: of the candidate n */
  readonly activation: Activation;
  /** f: of the gates z and r */
  readonly recurrentActivation: Activation;
  /** Whether r multiplies the recurrent product (true) or the state before it (false). */
  readonly resetAfter: boolean;
  /** Bound of every pre-activation, Infinity for none (ONNX `clip`). */
  readonly clip: number;
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly zeroOutputForMask: boolean;
}

/** How the two directions of a bidirectional layer become one output; `none` keeps both. */
export type MergeMode = "concat" | "sum" | "mul" | "ave" | "none";

/** Two GRUs over the same input, one from each end. */
export interface BidirectionalLayer {
  readonly kind: "bidirectional";
  readonly name: string;
  readonly forward: GruLayer;
  /** Has `goBackwards: true`. */
  readonly backward: GruLayer;
  readonly mergeMode: MergeMode;
}

/** activation(x · kernel + bias), at every step. */
export interface DenseLayer {
  readonly kind: "dense";
  readonly name: string;
  /** I */
  readonly inputs: number;
  /** O */
  readonly units: number;
  /** (I, O) */
  readonly kernel: Float32Array;
  /** (O), or null for none */
  readonly bias: Float32Array | null;
  /** Elementwise, or over the whole row. */
  readonly activation: Activation | "softmax";
}

/** Does nothing at inference. */
export interface DropoutLayer {
  readonly kind: "dropout";
  readonly name: string;
}

/** A function of every number, or of the features of every step. */
export interface ActivationLayer {
  readonly kind: "activation";
  readonly name: string;
  readonly activation: Activation | "softmax";
}

/** Scales every feature by what was learned of it. */
export interface BatchNormalizationLayer {
  readonly kind: "batchNormalization";
  readonly name: string;
  /** F */
  readonly inputs: number;
  /** (F) */
  readonly mean: Float32Array;
  /** (F) */
  readonly variance: Float32Array;
  /** (F), or null for 1 */
  readonly gamma: Float32Array | null;
  /** (F), or null for 0 */
  readonly beta: Float32Array | null;
  readonly epsilon: number;
}

/** Scales every step by the mean and variance of its features. */
export interface LayerNormalizationLayer {
  readonly kind: "layerNormalization";
  readonly name: string;
  /** F */
  readonly inputs: number;
  /** (F), or null for 1 */
  readonly gamma: Float32Array | null;
  /** (F), or null for 0 */
  readonly beta: Float32Array | null;
  readonly epsilon: number;
}

/** A sequence → one output. */
export interface PoolingLayer {
  readonly kind: "globalAveragePooling1D" | "globalMaxPooling1D";
  readonly name: string;
}

/** One output → a sequence of n steps. */
export interface RepeatVectorLayer {
  readonly kind: "repeatVector";
  readonly name: string;
  readonly n: number;
}

/** The GRU directions of a layer, forward before backward; none where it is not recurrent. */
export function directionsOf(layer: Layer): readonly GruLayer[] {
  return layer.kind === "gru" ? [layer] : layer.kind === "bidirectional" ? [layer.forward, layer.backward] : [];
}
