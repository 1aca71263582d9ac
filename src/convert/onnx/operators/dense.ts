import type { ActivationOption } from "../../../activation.ts";
import { dense, embedding } from "../../../kernel/layers.ts";
import { axis, bind, type Flow, flowOf, type Link } from "../../chain.ts";
import { type Graph, nameOf } from "../graph.ts";
import type { NodeProto, TensorProto } from "../proto.ts";
import { readFloats } from "../tensor.ts";
import type { Outputs } from "../values.ts";

/** A linear layer while what belongs to it is collected from the operators behind it. */
interface Linear {
  readonly kernel: TensorProto;
  /** Whether the kernel is [O, I]. */
  readonly turned: boolean;
  bias: TensorProto | null;
  activation: ActivationOption | "softmax";
  /** The value that it gives so far. */
  output: string;
}

const linears = new WeakMap<Link, Linear>();

/** x · W, with a bias and an activation to follow. */
export function readMatMul(graph: Graph, node: NodeProto): Outputs {
  const kernel = graph.constant(node, 1);
  if (!kernel) return graph.refuse(node, "it multiplies two values that both depend on the input");
  if (kernel.shape.length !== 2) return graph.refuse(node, `its matrix has ${kernel.shape.length} axes: expected 2`);
  return addLinear(graph, node, { kernel, turned: false, bias: null, activation: "linear", output: node.outputs[0] });
}

/** x · W + b with one axis of rows. */
export function readGemm(graph: Graph, node: NodeProto): Outputs {
  const kernel = graph.constant(node, 1);
  if (!kernel) return graph.refuse(node, "it multiplies two values that both depend on the input");
  const number = (key: string) => node.attributes.get(key)?.f ?? 1;
  const [alpha, beta] = [number("alpha"), number("beta")];
  if (alpha !== 1 || beta !== 1 || node.attributes.get("transA")?.i) {
    return graph.refuse(
      node,
      `alpha, beta and transA are ${alpha}, ${beta} and ${node.attributes.get("transA")?.i ?? 0}: expected 1, 1 and 0`,
    );
  }
  const turned = node.attributes.get("transB")?.i === 1;
  const bias = graph.constant(node, 2);
  if (graph.input(node, 2) && !bias) return graph.refuse(node, "its bias is not in the file");
  if (bias && !isRow(bias, kernel.shape[turned ? 0 : 1]))
    return graph.refuse(node, "its bias is not one number for each unit");
  return addLinear(graph, node, { kernel, turned, bias, activation: "linear", output: node.outputs[0] });
}

/** A bias behind a product; any other sum is not a layer. */
export function readAdd(graph: Graph, node: NodeProto): Outputs {
  const side = graph.constant(node, 0) ? 0 : 1;
  const bias = graph.constant(node, side);
  const flow = graph.data(node, 1 - side);
  const linear = flow && openLinear(graph, node.inputs[1 - side], flow);
  if (!flow || !linear || !bias) return graph.refuse(node, "it adds something that is not the bias of a linear layer");
  const { kernel, turned } = linear;
  if (linear.bias || linear.activation !== "linear" || !isRow(bias, kernel.shape[turned ? 0 : 1])) {
    return graph.refuse(node, "it adds what is not one number for each unit of a linear layer");
  }
  linear.bias = bias;
  linear.output = node.outputs[0];
  graph.join(node, flow.link as Link);
  return [flow];
}

/**
 * Puts an activation into the linear layer before it.
 * @returns whether there is one
 */
export function joinActivation(
  graph: Graph,
  node: NodeProto,
  flow: Flow,
  activation: ActivationOption | "softmax",
): boolean {
  const linear = openLinear(graph, node.inputs[0], flow);
  if (linear?.activation !== "linear") return false;
  linear.activation = activation;
  linear.output = node.outputs[0];
  graph.join(node, flow.link as Link);
  return true;
}

/** Rows of a table, by id. */
export function readEmbedding(graph: Graph, node: NodeProto, table: TensorProto): Outputs {
  const ids = graph.data(node, 1);
  if (table.shape.length !== 2) return graph.refuse(node, `its table has ${table.shape.length} axes: expected 2`);
  if ((node.attributes.get("axis")?.i ?? 0) !== 0) return graph.refuse(node, "it does not take rows of its table");
  const link = graph.add(node, {
    input: ids,
    make: () => [embedding({ weights: { data: readFloats(table), shape: [...table.shape] }, name: nameOf(node) })],
  });
  return ids ? [flowOf(link, "sequence", [...ids.axes, axis("features", table.shape[1])])] : [];
}

function addLinear(graph: Graph, node: NodeProto, linear: Linear): Outputs {
  const { kernel, turned } = linear;
  const [inputs, units] = turned ? [kernel.shape[1], kernel.shape[0]] : kernel.shape;
  const input = graph.data(node, 0);
  const last = input?.axes.at(-1);
  const fits = input !== null && last !== undefined && bind(last, "features", inputs);
  if (input && !fits) graph.chain.break(`${nameOf(node)} multiplies an axis that is not the features`);
  const link = graph.add(node, {
    input: fits ? input : null,
    make: () => [
      dense({
        units,
        kernel: {
          data: turned ? transpose(readFloats(kernel), units, inputs) : readFloats(kernel),
          shape: [inputs, units],
        },
        bias: linear.bias && { data: readFloats(linear.bias), shape: [units] },
        activation: linear.activation,
        name: nameOf(node),
      }),
    ],
  });
  linears.set(link, linear);
  return fits ? [flowOf(link, "sequence", [...input.axes.slice(0, -1), axis("features", units)])] : [];
}

/** The linear layer that a value comes from, as it is, if nothing else reads the value. */
function openLinear(graph: Graph, name: string, flow: Flow): Linear | undefined {
  const linear = flow.link && linears.get(flow.link);
  return linear?.output === name && graph.uses(name) === 1 ? linear : undefined;
}

/** Whether a tensor is [units], or that behind axes of 1. */
function isRow({ shape }: TensorProto, units: number): boolean {
  return shape.at(-1) === units && shape.slice(0, -1).every((size) => size === 1);
}

function transpose(data: Float32Array, rows: number, columns: number): Float32Array<ArrayBuffer> {
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) turned[column * rows + row] = data[row * columns + column];
  }
  return turned;
}
