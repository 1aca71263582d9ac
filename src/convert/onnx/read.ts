import { expected } from "../../errors.ts";
import { checkKeys } from "../../options.ts";
import { readTensor, type TensorLike } from "../../tensor.ts";
import type { Flow } from "../chain.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { loadExternal } from "./external.ts";
import { canFold } from "./fold.ts";
import { constantValue, Graph, nameOf } from "./graph.ts";
import { isActivation, readActivation } from "./operators/activation.ts";
import { readAdd, readEmbedding, readGemm, readMatMul } from "./operators/dense.ts";
import { isLayout, readConcat, readLayout } from "./operators/layout.ts";
import { explainLoop } from "./operators/loop.ts";
import { readLayerNormalization } from "./operators/normalization.ts";
import { readGru } from "./operators/recurrent.ts";
import { type ModelProto, type NodeProto, readModel, type TensorProto } from "./proto.ts";
import { fixed, type Outputs, unknown, type Value, zeros } from "./values.ts";

/** What {@link read} takes beside a file. */
export interface OnnxOptions {
  /** Numbers for inputs of the graph that are weights: W, R and B of a GRU whose file has none. */
  readonly inputs?: Readonly<Record<string, TensorLike>> | undefined;
}

/** The newest version of ONNX's operators that was looked through for this. */
const newestOpset = 26;

/**
 * What an ONNX model holds. Every GRU operator whose weights are known is a part with a layer, by the operator's name;
 * the graph is followed through linear layers, embeddings, activations, and what exporters put between them.
 *
 * Source: ONNX Operators.md; what PyTorch's two exporters and tf2onnx write.
 *
 * @throws CongruentError `file`: damaged, or no ONNX model; `unsupported`: operators of a later version; `option`
 */
export async function read(file: ForeignFile, options: OnnxOptions = {}): Promise<ForeignModel> {
  checkKeys(options, ["inputs"], "onnx");
  const model = readModel(file.bytes, file.name);
  const opset = model.opsets.get("") ?? 1;
  if (opset > newestOpset) {
    throw expected("unsupported", file.name, `operators of opset ${newestOpset} or before`, `opset ${opset}`);
  }
  const { graph: loaded, size } = await loadExternal(model.graph, file);
  const complete = { ...model, graph: loaded };
  const graph = new Graph(complete, readGiven(options.inputs ?? {}, model), file.bytes.length + size);
  if (model.graph.sparse > 0) graph.chain.break("it has sparse initializers");
  for (const node of complete.graph.nodes) graph.give(node, readNode(graph, model, node));
  return {
    format: "onnx",
    framework: model.producer || "onnx",
    version: model.producerVersion || null,
    semantics: "onnx",
    ...graph.chain.finish(readOutputs(graph, model)),
  };
}

function readGiven(given: Readonly<Record<string, TensorLike>>, { graph }: ModelProto): Map<string, TensorProto> {
  const tensors = new Map<string, TensorProto>();
  for (const [name, value] of Object.entries(given)) {
    if (
      !graph.inputs.some((input) => input.name === name) ||
      graph.initializers.some((tensor) => tensor.name === name)
    ) {
      const names = graph.inputs.map((input) => input.name).join(", ");
      throw expected("option", "onnx.inputs", `inputs of the graph (${names})`, JSON.stringify(name));
    }
    const place = `onnx.inputs.${name}`;
    const { data: floats, shape } = readTensor(value, "option", place);
    const raw = new Uint8Array(floats.length * 4);
    const view = new DataView(raw.buffer);
    floats.forEach((number, i) => {
      view.setFloat32(4 * i, number, true);
    });
    tensors.set(name, { name, shape, type: 1, message: raw, raw, external: null });
  }
  return tensors;
}

function readNode(graph: Graph, model: ModelProto, node: NodeProto): Outputs {
  const { operator, domain } = node;
  const values = node.inputs.filter((name) => name !== "").map((name) => graph.value(name));
  if (model.functions.has(`${domain}:${operator}`)) return graph.refuse(node, "it is a function of the model's own");
  if (domain !== "") return graph.refuse(node, `it is an operator of ${domain}, not of ONNX`);
  if (operator === "Constant" || operator === "ConstantOfShape") return [constantValue(node)];
  const loop = explainLoop(node);
  if (loop) return graph.refuse(node, loop);
  if (operator === "Shape" || operator === "Size") return [fixed];
  const known = values.length > 0 && values.every(({ is }) => is === "constant" || is === "static" || is === "zeros");
  if (known) return workOut(graph, node, values);
  if (operator === "Gather" && values[0].is === "constant") return readEmbedding(graph, node, values[0].tensor);
  if (isLayout(operator)) return readMoved(graph, node, values[0]);
  if (operator === "Concat") return readJoined(node, values);
  if (isActivation(operator)) return readActivation(graph, node);
  return Object.hasOwn(readers, operator)
    ? readers[operator](graph, node)
    : graph.refuse(node, `congruent has no ${operator}`);
}

const readers: Readonly<Record<string, (graph: Graph, node: NodeProto) => Outputs>> = {
  GRU: readGru,
  MatMul: readMatMul,
  Gemm: readGemm,
  Add: readAdd,
  Dropout: readDropout,
  LayerNormalization: readLayerNormalization,
};

/** An operator that does not depend on the data. */
function workOut(graph: Graph, node: NodeProto, values: readonly Value[]): Outputs {
  const moved = node.operator === "Concat" ? values : values.slice(0, 1);
  const isZero =
    (isLayout(node.operator) || node.operator === "Concat") && moved.every((value) => value.is === "zeros");
  if (isZero) return node.outputs.map(() => zeros);
  // Expand makes many numbers out of few: only zeros need none.
  if (node.operator === "Expand") return [graph.isZero(values[0]) ? zeros : fixed];
  if (values.every(({ is }) => is === "constant") && canFold(node.operator)) return [graph.work(node)];
  return node.outputs.map(() => fixed);
}

/** An operator that only moves data about. */
function readMoved(graph: Graph, node: NodeProto, value: Value | undefined): Outputs {
  if (value?.is === "loose") return node.outputs.map(() => value);
  if (value?.is !== "flow") return [];
  const result = readLayout(graph, node, value);
  if (typeof result === "string") return node.outputs.map(() => loosen(node, value, result));
  return "length" in result ? result : [result];
}

function readJoined(node: NodeProto, values: readonly Value[]): Outputs {
  const flows = values.filter((value): value is Flow => value.is === "flow");
  if (flows.length === 0) return [values.find(({ is }) => is === "loose") ?? unknown];
  const result = flows.length === values.length ? readConcat(flows, node) : "it joins data with something else";
  return [typeof result === "string" ? loosen(node, flows[0], result) : result];
}

function loosen(node: NodeProto, from: Flow, why: string): Value {
  return { is: "loose", from, name: nameOf(node), kind: node.operator, why };
}

/** Dropout does nothing but in training, which an input can ask for. */
function readDropout(graph: Graph, node: NodeProto): Outputs {
  if (graph.input(node, 2) && !graph.isFalse(node, 2)) return graph.refuse(node, "it is in training mode");
  const input = graph.data(node, 0);
  const link = graph.add(node, { input, make: () => [] });
  return input ? [{ ...input, link, input: "" }] : [];
}

/** What the graph gives: one output, beside which there may be final states. */
function readOutputs(graph: Graph, model: ModelProto): Flow | null {
  const flows: Flow[] = [];
  for (const { name } of model.graph.outputs) {
    const value = graph.value(name);
    if (value.is === "flow") flows.push(value);
    else if (value.is !== "states") graph.chain.break(`its output ${JSON.stringify(name)} is not what a layer gives`);
  }
  const main = flows.find(({ output }) => output === "sequence") ?? flows[0] ?? null;
  const other = flows.find((flow) => flow !== main && flow.output === "sequence");
  if (other) graph.chain.break("it has several outputs");
  return main;
}
