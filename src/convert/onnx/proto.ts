/**
 * The messages of onnx.proto that this loader reads, decoded. Numbers of tensors stay in the file's bytes until they
 * are asked for (tensor.ts), and so do the graphs inside of operators.
 *
 * Source: onnx/onnx.proto, IR version 3 to 13.
 */
import { CongruentError } from "../../errors.ts";
import { Budget, Message } from "../protobuf.ts";

export interface ModelProto {
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  /** Versions by domain; the domain of ONNX itself is "". */
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: GraphProto;
  /** `domain:name` of the functions that the model brings. */
  readonly functions: ReadonlySet<string>;
}

export interface GraphProto {
  readonly nodes: readonly NodeProto[];
  readonly initializers: readonly TensorProto[];
  readonly sparse: number;
  readonly inputs: readonly ValueProto[];
  readonly outputs: readonly ValueProto[];
}

export interface NodeProto {
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  /** "" is an input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttributeProto>;
}

export interface AttributeProto {
  readonly f: number;
  readonly i: number;
  readonly s: string;
  readonly t: TensorProto | null;
  /** The bytes of a graph. */
  readonly g: Uint8Array | null;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly string[];
}

/** A tensor of the file, its numbers unread. */
export interface TensorProto {
  readonly name: string;
  readonly shape: readonly number[];
  /** TensorProto.DataType */
  readonly type: number;
  /** The whole message, for the lists of numbers in it. */
  readonly message: Uint8Array;
  /** `raw_data`, little-endian */
  readonly raw: Uint8Array | null;
  /** `external_data`, where the numbers are in another file */
  readonly external: ReadonlyMap<string, string> | null;
}

/** An input or output of the graph. */
export interface ValueProto {
  readonly name: string;
  /** null where the type does not say; an axis is null where its size is free. */
  readonly shape: readonly (number | null)[] | null;
}

/**
 * @throws CongruentError `file`: not protobuf, or not a model
 */
export function readModel(bytes: Uint8Array, where: string): ModelProto {
  const budget = new Budget(bytes.length);
  const model = new Message(bytes, budget, where);
  const opsets = new Map<string, number>();
  const functions = new Set<string>();
  let [irVersion, producer, producerVersion] = [0, "", ""];
  let graph: GraphProto | null = null;
  while (model.next()) {
    if (model.field === 1) irVersion = model.integer();
    else if (model.field === 2) producer = model.text();
    else if (model.field === 3) producerVersion = model.text();
    else if (model.field === 7) {
      if (graph) throw new CongruentError("file", `${where}: expected one graph, got another one`);
      graph = readGraph(model.message("graph"));
    } else if (model.field === 8) {
      const [domain, version] = readOpset(model.message("opset_import"));
      opsets.set(domain, version);
    } else if (model.field === 25) functions.add(readFunction(model.message("function")));
  }
  if (!graph || irVersion < 1) {
    throw new CongruentError("file", `${where}: expected an ONNX model (ir_version and graph), got neither or one`);
  }
  return { irVersion, producer, producerVersion, opsets, graph, functions };
}

/**
 * One `TensorProto` in a file of its own, as test data has them.
 * @throws CongruentError `file`
 */
export function readTensorFile(bytes: Uint8Array, where: string): TensorProto {
  return readTensor(bytes, new Budget(bytes.length), where);
}

function readOpset(opset: Message): [domain: string, version: number] {
  let [domain, version] = ["", 0];
  while (opset.next()) {
    if (opset.field === 1) domain = opset.text();
    else if (opset.field === 2) version = opset.integer();
  }
  return [domain === "ai.onnx" ? "" : domain, version];
}

function readFunction(message: Message): string {
  let [name, domain] = ["", ""];
  while (message.next()) {
    if (message.field === 1) name = message.text();
    else if (message.field === 10) domain = message.text();
  }
  return `${domain}:${name}`;
}

export function readGraph(graph: Message): GraphProto {
  const nodes: NodeProto[] = [];
  const initializers: TensorProto[] = [];
  const inputs: ValueProto[] = [];
  const outputs: ValueProto[] = [];
  let sparse = 0;
  while (graph.next()) {
    if (graph.field === 1) nodes.push(readNode(graph.message("node")));
    else if (graph.field === 5) initializers.push(readTensor(graph.bytes(), graph.budget, "initializer"));
    else if (graph.field === 11) inputs.push(readValue(graph.message("input")));
    else if (graph.field === 12) outputs.push(readValue(graph.message("output")));
    else if (graph.field === 15) sparse++;
  }
  return { nodes, initializers, sparse, inputs, outputs };
}

function readNode(node: Message): NodeProto {
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, AttributeProto>();
  let [name, operator, domain] = ["", "", ""];
  while (node.next()) {
    if (node.field === 1) inputs.push(node.text());
    else if (node.field === 2) outputs.push(node.text());
    else if (node.field === 3) name = node.text();
    else if (node.field === 4) operator = node.text();
    else if (node.field === 5) {
      const [key, value] = readAttribute(node.message("attribute"));
      attributes.set(key, value);
    } else if (node.field === 7) domain = node.text();
  }
  return { name, operator, domain: domain === "ai.onnx" ? "" : domain, inputs, outputs, attributes };
}

function readAttribute(message: Message): [name: string, value: AttributeProto] {
  const floats: number[] = [];
  const ints: number[] = [];
  const strings: string[] = [];
  let [name, f, i, s] = ["", 0, 0, ""];
  let t: TensorProto | null = null;
  let g: Uint8Array | null = null;
  while (message.next()) {
    const { field } = message;
    if (field === 1) name = message.text();
    else if (field === 2) f = message.float();
    else if (field === 3) i = message.integer();
    else if (field === 4) s = message.text();
    else if (field === 5) t = readTensor(message.bytes(), message.budget, "attribute");
    else if (field === 6) g = message.bytes();
    else if (field === 7) message.numbers("float", floats);
    else if (field === 8) message.numbers("integer", ints);
    else if (field === 9) strings.push(message.text());
  }
  return [name, { f, i, s, t, g, floats, ints, strings }];
}

function readTensor(bytes: Uint8Array, budget: Budget, where: string): TensorProto {
  const tensor = new Message(bytes, budget, where);
  const shape: number[] = [];
  let [name, type, location] = ["", 0, 0];
  let raw: Uint8Array | null = null;
  const external = new Map<string, string>();
  while (tensor.next()) {
    const { field } = tensor;
    if (field === 1) tensor.numbers("integer", shape);
    else if (field === 2) type = tensor.integer();
    else if (field === 3) throw new CongruentError("file", `${where}: expected a whole tensor, got a segment of one`);
    else if (field === 8) name = tensor.text();
    else if (field === 9) raw = tensor.bytes();
    else if (field === 13) external.set(...readEntry(tensor.message("external_data")));
    else if (field === 14) location = tensor.integer();
  }
  return { name, shape, type, message: bytes, raw, external: location === 1 ? external : null };
}

function readEntry(entry: Message): [key: string, value: string] {
  let [key, value] = ["", ""];
  while (entry.next()) {
    if (entry.field === 1) key = entry.text();
    else if (entry.field === 2) value = entry.text();
  }
  return [key, value];
}

function readValue(value: Message): ValueProto {
  let name = "";
  let shape: (number | null)[] | null = null;
  while (value.next()) {
    if (value.field === 1) name = value.text();
    else if (value.field === 2) shape = readType(value.message("type"));
  }
  return { name, shape };
}

/** TypeProto → the shape of a tensor, if it is one. */
function readType(type: Message): (number | null)[] | null {
  let shape: (number | null)[] | null = null;
  while (type.next()) {
    if (type.field !== 1) continue;
    const tensor = type.message("tensor_type");
    while (tensor.next()) {
      if (tensor.field !== 2) continue;
      shape = [];
      const axes = tensor.message("shape");
      while (axes.next()) if (axes.field === 1) shape.push(readSize(axes.message("dim")));
    }
  }
  return shape;
}

function readSize(axis: Message): number | null {
  let size: number | null = null;
  while (axis.next()) if (axis.field === 1) size = axis.integer();
  return size;
}
