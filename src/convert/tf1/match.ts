import type { ActivationOption } from "../../activation.ts";
import type { Graph } from "./graph.ts";
import type { NodeDef } from "./proto.ts";
import type { Tensor } from "./tensor.ts";

/** The operators of one `GRUCell`, found in a graph. */
export interface MatchedCell {
  /** Its part's name: the scope of its variables. */
  readonly name: string;
  /** The value that it reads, and its state before the step. */
  readonly input: string;
  readonly state: string;
  readonly gatesKernel: Tensor;
  readonly gatesBias: Tensor;
  readonly candidateKernel: Tensor;
  readonly candidateBias: Tensor;
  readonly activation: ActivationOption;
}

/** TensorFlow's activations, as a cell or a dense layer has them. */
export const activations: Readonly<Record<string, (node: NodeDef) => ActivationOption>> = {
  Sigmoid: () => "sigmoid",
  Tanh: () => "tanh",
  Relu: () => "relu",
  Relu6: () => "relu6",
  Elu: () => "elu",
  Selu: () => "selu",
  Softplus: () => "softplus",
  Softsign: () => "softsign",
  Exp: () => "exponential",
  LeakyRelu: (node) => ({ name: "leaky_relu", alpha: node.attributes.get("alpha")?.f ?? 0.2 }),
};

/** x · kernel + bias over two values put side by side. */
interface Linear {
  readonly left: string;
  readonly right: string;
  readonly kernel: Tensor;
  readonly bias: Tensor;
  /** The operator that holds the kernel. */
  readonly variable: string;
}

/**
 * Finds a cell by its last operator, the sum that is its new state. Names play no part: only what is computed does.
 *
 *     r, u = split(sigmoid([x, h] · gates/kernel + gates/bias))
 *     c = activation([x, r·h] · candidate/kernel + candidate/bias)
 *     new_h = u·h + (1 - u)·c
 *
 * Source: `GRUCell.call` in tensorflow/python/ops/rnn_cell_impl.py, TensorFlow 1.2 to 1.15.
 *
 * @returns null where the sum is no cell's
 */
export function matchCell(graph: Graph, sum: NodeDef): MatchedCell | null {
  if (!isSum(sum)) return null;
  for (const [kept, added] of [sum.inputs, [sum.inputs[1], sum.inputs[0]]]) {
    const match = matchSides(graph, kept, added);
    if (match) return match;
  }
  return null;
}

function matchSides(graph: Graph, kept: string, added: string): MatchedCell | null {
  // (1 - u)·c
  const [complement, candidate] = factors(graph, added, (value) => graph.node(value).operator === "Sub") ?? [];
  if (!complement || !candidate) return null;
  const [one, update] = graph.node(complement).inputs;
  const { operator, inputs: halves, attributes } = graph.node(update);
  if (!isOne(graph, one) || operator !== "Split" || attributes.get("num_split")?.i !== 2 || !update.endsWith(":1")) {
    return null;
  }
  const reset = graph.node(update).name;
  // u·h
  const [, state] = factors(graph, kept, (value) => value === update) ?? [];
  const sigmoid = graph.node(halves[1]);
  if (state === undefined || !isLastAxis(graph, halves[0]) || sigmoid.operator !== "Sigmoid") return null;
  const gates = matchLinear(graph, sigmoid.inputs[0]);
  const last = graph.node(candidate);
  const activation = Object.hasOwn(activations, last.operator) ? activations[last.operator](last) : "linear";
  const inner = matchLinear(graph, activation === "linear" ? candidate : last.inputs[0]);
  if (!gates || !inner || graph.source(gates.right) !== graph.source(state)) return null;
  const [, resetState] = factors(graph, inner.right, (value) => value === reset) ?? [];
  if (resetState === undefined || graph.source(resetState) !== graph.source(state)) return null;
  if (graph.source(inner.left) !== graph.source(gates.left)) return null;
  return {
    name: gates.variable.replace(/\/gates\/kernel$/, ""),
    input: gates.left,
    state,
    gatesKernel: gates.kernel,
    gatesBias: gates.bias,
    candidateKernel: inner.kernel,
    candidateBias: inner.bias,
    activation,
  };
}

/** Add, by its names over the years. */
export function isSum({ operator, inputs }: NodeDef): boolean {
  return (operator === "Add" || operator === "AddV2") && inputs.length === 2;
}

/** The two factors of a product, the one that is asked for first. */
function factors(graph: Graph, product: string, isFirst: (value: string) => boolean): [string, string] | null {
  const { operator, inputs } = graph.node(product);
  if (operator !== "Mul" || inputs.length !== 2) return null;
  const [a, b] = inputs;
  return isFirst(a) ? [a, b] : isFirst(b) ? [b, a] : null;
}

function isOne(graph: Graph, value: string): boolean {
  const tensor = graph.tensor(value);
  return tensor?.count === 1 && tensor.read()[0] === 1;
}

function isLastAxis(graph: Graph, value: string | undefined): boolean {
  const [axis] = (value && graph.numbers(value)) || [];
  return axis === 1 || axis === -1;
}

function matchLinear(graph: Graph, value: string | undefined): Linear | null {
  const { operator, inputs } = graph.node(value ?? "");
  if (operator !== "BiasAdd" && !isSum(graph.node(value ?? ""))) return null;
  const product = graph.node(inputs[0]);
  if (
    product.operator !== "MatMul" ||
    product.attributes.get("transpose_a")?.b ||
    product.attributes.get("transpose_b")?.b
  ) {
    return null;
  }
  const joined = graph.node(product.inputs[0]);
  const [kernel, bias] = [graph.tensor(product.inputs[1]), graph.tensor(inputs[1])];
  if (joined.operator !== "ConcatV2" || joined.inputs.length !== 3 || !isLastAxis(graph, joined.inputs[2])) return null;
  if (!kernel || !bias) return null;
  const variable = graph.source(product.inputs[1]);
  return { left: joined.inputs[0], right: joined.inputs[1], kernel, bias, variable };
}
