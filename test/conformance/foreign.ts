import type { Vector, VectorActivation, VectorWeights } from "./vectors.ts";

/**
 * The weights of a vector, written as each framework would hand them over. Everything here goes from the vectors' layout
 * outwards; the converters under test go the other way.
 */

/** A block of rows, (rows, columns). */
export type Matrix = number[][];

/** The gate blocks of one matrix of one direction by name, each (H, columns). */
interface Gates {
  readonly z: Matrix;
  readonly r: Matrix;
  readonly n: Matrix;
}

/** A flat (D, 3H, columns) in a case's gate order → the gates of one direction. */
function gates(vector: Vector, flat: readonly number[], columns: number, direction: number): Gates {
  const { H } = vector;
  const block = (gate: number): Matrix =>
    Array.from({ length: H }, (_, row) => {
      const from = ((direction * 3 + gate) * H + row) * columns;
      return flat.slice(from, from + columns);
    });
  const [z, r] = vector.gate_order === "zrh" ? [0, 1] : [1, 0];
  return { z: block(z), r: block(r), n: block(2) };
}

function transpose(matrix: Matrix): Matrix {
  return matrix[0].map((_, column) => matrix.map((row) => row[column]));
}

/** Keras: kernels (I, 3H) z|r|n; one bias row, or two with reset after. */
export function kerasWeights(vector: Vector, weights: VectorWeights, direction: number) {
  const columns = ({ z, r, n }: Gates) => transpose([...z, ...r, ...n]);
  const vectorOf = (flat: readonly number[]) => columns(gates(vector, flat, 1, direction))[0];
  const { b, rb } = weights;
  const zeros = new Array<number>(3 * vector.H).fill(0);
  const rows = vector.reset_after || rb ? [b ? vectorOf(b) : zeros, rb ? vectorOf(rb) : zeros] : b && vectorOf(b);
  return {
    units: vector.H,
    kernel: columns(gates(vector, weights.W, weights.I, direction)),
    recurrentKernel: columns(gates(vector, weights.R, vector.H, direction)),
    ...(b || rb ? { bias: rows as number[] | number[][] } : { useBias: false }),
  };
}

/** PyTorch: a state dict with rows in r|z|n, `_reverse` for the second direction, one set for each layer. */
export function pytorchStateDict(vector: Vector, layers: readonly VectorWeights[], prefix: string) {
  const state: Record<string, { data: Float32Array; shape: number[] }> = {};
  const put = (name: string, flat: readonly number[] | null, columns: number | null, direction: number) => {
    if (!flat) return;
    const { z, r, n } = gates(vector, flat, columns ?? 1, direction);
    const rows = [...r, ...z, ...n];
    state[prefix + name] = {
      data: Float32Array.from(rows.flat()),
      shape: columns === null ? [rows.length] : [rows.length, columns],
    };
  };
  layers.forEach((layer, k) => {
    for (let direction = 0; direction < vector.D; direction++) {
      const suffix = `_l${k}${direction === 1 ? "_reverse" : ""}`;
      put(`weight_ih${suffix}`, layer.W, layer.I, direction);
      put(`weight_hh${suffix}`, layer.R, vector.H, direction);
      put(`bias_ih${suffix}`, layer.b, null, direction);
      put(`bias_hh${suffix}`, layer.rb, null, direction);
    }
  });
  return state;
}

/** Functions of ONNX's GRU, with the parameters that each reads from activation_alpha and activation_beta. */
const onnxFunctions: Readonly<
  Record<string, { readonly name: string; readonly alpha: boolean; readonly beta: boolean }>
> = {
  sigmoid: { name: "Sigmoid", alpha: false, beta: false },
  tanh: { name: "Tanh", alpha: false, beta: false },
  relu: { name: "Relu", alpha: false, beta: false },
  softsign: { name: "Softsign", alpha: false, beta: false },
  softplus: { name: "Softplus", alpha: false, beta: false },
  leaky_relu: { name: "LeakyRelu", alpha: true, beta: false },
  thresholded_relu: { name: "ThresholdedRelu", alpha: true, beta: false },
  elu: { name: "Elu", alpha: true, beta: false },
  affine: { name: "Affine", alpha: true, beta: true },
  scaled_tanh: { name: "ScaledTanh", alpha: true, beta: true },
  hard_sigmoid: { name: "HardSigmoid", alpha: true, beta: true },
};

/** ONNX: (D, 3H, I), (D, 3H, H) and (D, 6H) with rows in z|r|n, and the attributes of the node. */
export function onnxNode(vector: Vector, weights: VectorWeights) {
  const directions = Array.from({ length: vector.D }, (_, direction) => direction);
  const rows = (flat: readonly number[], columns: number, direction: number) => {
    const { z, r, n } = gates(vector, flat, columns, direction);
    return [...z, ...r, ...n];
  };
  const bias = (flat: readonly number[] | null, direction: number) =>
    flat ? rows(flat, 1, direction).flat() : new Array<number>(3 * vector.H).fill(0);
  const functions = vector.activations.flat();
  const alphas: number[] = [];
  const betas: number[] = [];
  for (const { name, alpha, beta } of functions) {
    if (onnxFunctions[name].alpha) alphas.push(alpha as number);
    if (onnxFunctions[name].beta) betas.push(beta as number);
  }
  return {
    W: directions.map((direction) => rows(weights.W, weights.I, direction)),
    R: directions.map((direction) => rows(weights.R, vector.H, direction)),
    ...(weights.b || weights.rb
      ? { B: directions.map((direction) => [...bias(weights.b, direction), ...bias(weights.rb, direction)]) }
      : {}),
    hidden_size: vector.H,
    direction: vector.direction,
    linear_before_reset: (vector.reset_after ? 1 : 0) as 0 | 1,
    activations: functions.map(({ name }) => onnxFunctions[name].name),
    ...(alphas.length > 0 ? { activation_alpha: alphas } : {}),
    ...(betas.length > 0 ? { activation_beta: betas } : {}),
    ...(vector.clip === null ? {} : { clip: vector.clip }),
  };
}

/** TF1's GRUCell: (I+H, 2H) with columns r|u, (I+H, H), and a bias for each. */
export function tf1Cell(vector: Vector, weights: VectorWeights, direction: number) {
  const input = gates(vector, weights.W, weights.I, direction);
  const recurrent = gates(vector, weights.R, vector.H, direction);
  const bias = gates(vector, weights.b as readonly number[], 1, direction);
  return {
    gatesKernel: [...transpose([...input.r, ...input.z]), ...transpose([...recurrent.r, ...recurrent.z])],
    gatesBias: [...bias.r, ...bias.z].flat(),
    candidateKernel: [...transpose(input.n), ...transpose(recurrent.n)],
    candidateBias: bias.n.flat(),
  };
}

/** WebNN: flat (D, 3H, I), (D, 3H, H) and two (D, 3H), each bias optional, in either gate order. */
export function webnnOperands(vector: Vector, weights: VectorWeights) {
  const { D, H } = vector;
  const tensor = (flat: readonly number[], shape: number[]) => ({ data: Float32Array.from(flat), shape });
  const [f, g] = vector.activations[0];
  return {
    weight: tensor(weights.W, [D, 3 * H, weights.I]),
    recurrentWeight: tensor(weights.R, [D, 3 * H, H]),
    ...(weights.b ? { bias: tensor(weights.b, [D, 3 * H]) } : {}),
    ...(weights.rb ? { recurrentBias: tensor(weights.rb, [D, 3 * H]) } : {}),
    hiddenSize: H,
    layout: vector.gate_order === "zrh" ? ("zrn" as const) : ("rzn" as const),
    resetAfter: vector.reset_after,
    direction: ({ forward: "forward", reverse: "backward", bidirectional: "both" } as const)[vector.direction],
    activations: [f.name, g.name] as [WebnnActivation, WebnnActivation],
  };
}

type WebnnActivation = "sigmoid" | "tanh" | "relu";

/** An activation as our layers take it. */
export function activationOption({ name, alpha, beta }: VectorActivation) {
  return { name, ...(alpha === undefined ? {} : { alpha }), ...(beta === undefined ? {} : { beta }) } as never;
}
