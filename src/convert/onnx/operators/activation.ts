import type { ActivationOption } from "../../../activation.ts";
import { activation as makeActivation } from "../../../layers/index.ts";
import { flowOf } from "../../chain.ts";
import { type Graph, nameOf } from "../graph.ts";
import type { NodeProto } from "../proto.ts";
import type { Outputs } from "../values.ts";
import { joinActivation } from "./dense.ts";

/** ONNX's activation operators; alpha and beta default as ONNX says, which is not what Keras says. */
const functions: Readonly<
  Record<string, (number: (key: string, standard: number) => number, node: NodeProto) => ActivationOption>
> = {
  Sigmoid: () => "sigmoid",
  Tanh: () => "tanh",
  Relu: () => "relu",
  Softplus: () => "softplus",
  Softsign: () => "softsign",
  Mish: () => "mish",
  Exp: () => "exponential",
  Gelu: (_, node) => (node.attributes.get("approximate")?.s === "tanh" ? "gelu_tanh" : "gelu"),
  HardSigmoid: (number) => ({ name: "hard_sigmoid", alpha: number("alpha", 0.2), beta: number("beta", 0.5) }),
  LeakyRelu: (number) => ({ name: "leaky_relu", alpha: number("alpha", 0.01) }),
  Elu: (number) => ({ name: "elu", alpha: number("alpha", 1) }),
  ThresholdedRelu: (number) => ({ name: "thresholded_relu", alpha: number("alpha", 1) }),
};

/** Whether {@link readActivation} knows the operator. */
export function isActivation(operator: string): boolean {
  return Object.hasOwn(functions, operator) || operator === "Softmax";
}

/** An activation: part of the linear layer before it, or a layer of its own. */
export function readActivation(graph: Graph, node: NodeProto): Outputs {
  const flow = graph.data(node, 0);
  if (!flow) return graph.refuse(node, "its input is not what a layer gives");
  const number = (key: string, standard: number) => node.attributes.get(key)?.f ?? standard;
  const activation = node.operator === "Softmax" ? "softmax" : functions[node.operator](number, node);
  if (node.operator === "Softmax") {
    const rank = flow.axes.length;
    // Up to opset 12 the default is 1, and all axes from there on are one.
    const axis = node.attributes.get("axis")?.i ?? (graph.opset < 13 ? 1 : -1);
    if ((axis !== -1 && axis !== rank - 1) || flow.axes.at(-1)?.role !== "features")
      return graph.refuse(node, "it is not over the features");
  }
  if (joinActivation(graph, node, flow, activation)) return [flow];
  const link = graph.add(node, { input: flow, make: () => [makeActivation({ activation, name: nameOf(node) })] });
  return [flowOf(link, "sequence", flow.axes)];
}
