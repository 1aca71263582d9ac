import type { ActivationOption } from "../../activation.ts";
import { dense, embedding } from "../../kernel/layers.ts";
import { activation as makeActivation } from "../../layers/index.ts";
import { axis, bind, type Flow, flowOf, type Link } from "../chain.ts";
import { type Follower, stepwise, type Value } from "./follow.ts";
import { activations, isSum } from "./match.ts";
import type { NodeDef } from "./proto.ts";
import type { Tensor } from "./tensor.ts";

/** A linear layer while what belongs to it is collected from the operators behind it. */
interface Linear {
  readonly kernel: Tensor;
  readonly units: number;
  bias: Tensor | null;
  activation: ActivationOption | "softmax";
  /** The value that it gives so far. */
  output: string;
}

const linears = new WeakMap<Link, Linear>();

/**
 * Linear layers, their biases and activations, and embeddings.
 *
 * @returns null for an operator that is none of these; a sentence for one that is, in a way that no layer does
 */
export function readDense(follower: Follower, node: NodeDef): Value | string | null {
  const { operator, inputs } = node;
  if (operator === "MatMul") return readProduct(follower, node);
  if (operator === "BiasAdd" || isSum(node)) return readBias(follower, node);
  if (operator === "Gather" || operator === "GatherV2" || operator === "ResourceGather") {
    const table = follower.graph.tensor(inputs[0]);
    return table ? readEmbedding(follower, node, table) : null;
  }
  if (operator === "Softmax") return readActivation(follower, node, "softmax");
  return Object.hasOwn(activations, operator) ? readActivation(follower, node, activations[operator](node)) : null;
}

function readProduct(follower: Follower, node: NodeDef): Value | string {
  const { graph, chain } = follower;
  const kernel = graph.tensor(node.inputs[1]);
  if (!kernel) return "it multiplies two values that both depend on the input";
  const flag = (key: string) => node.attributes.get(key)?.b === true;
  if (kernel.shape.length !== 2 || flag("transpose_a") || flag("transpose_b")) return "its matrix is turned round";
  const [width, units] = kernel.shape;
  const input = follower.flow(node.inputs[0]);
  const last = input?.axes.at(-1);
  const fits = input !== null && last !== undefined && bind(last, "features", width);
  if (!fits) follower.break(`it is not known what ${node.name} reads`);
  const linear: Linear = { kernel, units, bias: null, activation: "linear", output: node.name };
  const link = chain.add({
    name: node.name,
    kind: "MatMul",
    input: fits ? input : null,
    parameters: kernel.count,
    bytes: kernel.bytes,
    make: () => [
      dense({
        units,
        kernel: { data: kernel.read(), shape: [width, units] },
        bias: linear.bias && { data: linear.bias.read(), shape: [units] },
        activation: linear.activation,
        name: node.name,
      }),
    ],
  });
  linears.set(link, linear);
  return fits ? stepwise(input, link, units) : "unknown";
}

function readBias(follower: Follower, node: NodeDef): Value | string {
  const { graph } = follower;
  const [value, bias] = graph.tensor(node.inputs[0]) ? [...node.inputs].reverse() : node.inputs;
  const tensor = graph.tensor(bias);
  const flow = follower.flow(value);
  const linear = flow && openLinear(follower, value, flow);
  const fits = tensor && linear && tensor.count === linear.units && tensor.shape.at(-1) === linear.units;
  if (!flow?.link || !fits || linear.bias || linear.activation !== "linear") {
    return "it adds something that is not the bias of a linear layer";
  }
  linear.bias = tensor;
  linear.output = node.name;
  flow.link.kind += `+${node.operator}`;
  flow.link.parameters += tensor.count;
  flow.link.bytes += tensor.bytes;
  return flow;
}

function readActivation(follower: Follower, node: NodeDef, activation: ActivationOption | "softmax"): Value | string {
  const flow = follower.flow(node.inputs[0]);
  const linear = flow && openLinear(follower, node.inputs[0], flow);
  if (!flow) return "its input is not what a layer gives";
  if (activation === "softmax" && flow.axes.at(-1)?.role !== "features") return "it is not over the features";
  if (linear?.activation !== "linear" || !flow.link) {
    const make = () => [makeActivation({ activation, name: node.name })];
    const link = follower.chain.add({ name: node.name, kind: node.operator, input: flow, make });
    return { ...flowOf(link, "sequence", flow.axes), turned: flow.turned, step: flow.step };
  }
  linear.activation = activation;
  linear.output = node.name;
  flow.link.kind += `+${node.operator}`;
  return flow;
}

/** The linear layer that a value comes from, as it is, if nothing else reads the value. */
function openLinear({ graph }: Follower, value: string, flow: Flow): Linear | undefined {
  const linear = flow.link && linears.get(flow.link);
  return linear?.output === value && graph.uses(value) === 1 ? linear : undefined;
}

function readEmbedding(follower: Follower, node: NodeDef, table: Tensor): Value | string {
  const ids = follower.flow(node.inputs[1]);
  const along = node.operator === "GatherV2" ? follower.graph.numbers(node.inputs[2]) : [0];
  if (!table.real || table.shape.length !== 2 || along?.[0] !== 0) return "it does not take rows of a table";
  const link = follower.chain.add({
    name: node.name,
    kind: node.operator,
    input: ids,
    parameters: table.count,
    bytes: table.bytes,
    make: () => [embedding({ weights: { data: table.read(), shape: [...table.shape] }, name: node.name })],
  });
  return ids ? flowOf(link, "sequence", [...ids.axes, axis("features", table.shape[1])]) : "unknown";
}
