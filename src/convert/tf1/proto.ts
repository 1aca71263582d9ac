/**
 * The messages of TensorFlow's protos that this loader reads, decoded.
 *
 * Source: tensorflow/core/framework/{graph,node_def,attr_value,tensor,tensor_shape}.proto, protobuf/{saved_model,
 * meta_graph}.proto.
 */
import { CongruentError } from "../../errors.ts";
import { Budget, Message } from "../protobuf.ts";

export interface GraphDef {
  readonly nodes: readonly NodeDef[];
  /** Names of the functions in its library. */
  readonly functions: ReadonlySet<string>;
}

export interface NodeDef {
  readonly name: string;
  readonly operator: string;
  /** `name`, or `name:1` for another output than the first; control inputs (`^name`) are left out. */
  readonly inputs: readonly string[];
  readonly attributes: ReadonlyMap<string, AttrValue>;
}

export interface AttrValue {
  readonly i: number;
  readonly f: number;
  readonly b: boolean;
  /** DataType */
  readonly type: number;
  /** null where the rank is not known; an axis is null where its size is free. */
  readonly shape: readonly (number | null)[] | null;
  readonly tensor: TensorProto | null;
  readonly ints: readonly number[];
}

/** A tensor, its numbers unread. */
export interface TensorProto {
  /** DataType */
  readonly type: number;
  readonly shape: readonly number[];
  /** `tensor_content`, little-endian */
  readonly content: Uint8Array | null;
  /** The whole message, for the lists of numbers in it. */
  readonly message: Uint8Array;
}

export interface MetaGraph {
  readonly graph: GraphDef;
  readonly tags: readonly string[];
  /** Of TensorFlow. */
  readonly version: string;
  /** By name of the signature: the tensors (`name:0`) that it gives. */
  readonly signatures: ReadonlyMap<string, readonly string[]>;
}

/** @throws CongruentError `file` */
export function readGraphFile(bytes: Uint8Array, where: string): GraphDef {
  return readGraph(new Message(bytes, new Budget(bytes.length), where));
}

/** @throws CongruentError `file` */
export function readMetaGraphFile(bytes: Uint8Array, where: string): MetaGraph {
  return readMetaGraph(new Message(bytes, new Budget(bytes.length), where));
}

/**
 * A `saved_model.pb`: its graph for serving.
 * @throws CongruentError `file`; `unsupported`: it has several graphs, and none is for serving
 */
export function readSavedModel(bytes: Uint8Array, where: string): MetaGraph {
  const message = new Message(bytes, new Budget(bytes.length), where);
  const graphs: MetaGraph[] = [];
  while (message.next()) if (message.field === 2) graphs.push(readMetaGraph(message.message("meta_graph")));
  const serving = graphs.filter(({ tags }) => tags.includes("serve"));
  const [only] = graphs.length === 1 ? graphs : serving;
  if (!only || (graphs.length > 1 && serving.length > 1)) {
    throw new CongruentError("unsupported", `${where}: expected one graph for serving, got ${graphs.length} graphs`);
  }
  return only;
}

function readMetaGraph(message: Message): MetaGraph {
  let graph: GraphDef | null = null;
  let [tags, version]: [string[], string] = [[], ""];
  const signatures = new Map<string, readonly string[]>();
  while (message.next()) {
    if (message.field === 1) [tags, version] = readInfo(message.message("meta_info_def"));
    else if (message.field === 2) {
      if (graph) throw new CongruentError("file", "meta_graph: expected one graph, got another one");
      graph = readGraph(message.message("graph_def"));
    } else if (message.field === 5) signatures.set(...readEntry(message.message("signature_def"), readSignature, []));
  }
  if (!graph) throw new CongruentError("file", "meta_graph: expected a graph, got none");
  return { graph, tags, version, signatures };
}

function readInfo(info: Message): [tags: string[], version: string] {
  const tags: string[] = [];
  let version = "";
  while (info.next()) {
    if (info.field === 4) tags.push(info.text());
    else if (info.field === 5) version = info.text();
  }
  return [tags, version];
}

/** SignatureDef → the tensors of its outputs. */
function readSignature(signature: Message): string[] {
  const outputs: string[] = [];
  while (signature.next()) {
    if (signature.field !== 2) continue;
    const [, name] = readEntry(signature.message("outputs"), readTensorInfo, "");
    outputs.push(name);
  }
  return outputs;
}

function readTensorInfo(info: Message): string {
  let name = "";
  while (info.next()) if (info.field === 1) name = info.text();
  return name;
}

/** An entry of a map. */
function readEntry<T>(entry: Message, read: (value: Message) => T, standard: T): [key: string, value: T] {
  let key = "";
  let value = standard;
  while (entry.next()) {
    if (entry.field === 1) key = entry.text();
    else if (entry.field === 2) value = read(entry.message(key));
  }
  return [key, value];
}

function readGraph(graph: Message): GraphDef {
  const nodes: NodeDef[] = [];
  const functions = new Set<string>();
  while (graph.next()) {
    if (graph.field === 1) nodes.push(readNode(graph.message("node")));
    else if (graph.field === 2) readLibrary(graph.message("library"), functions);
  }
  return { nodes, functions };
}

function readLibrary(library: Message, names: Set<string>): void {
  while (library.next()) {
    if (library.field !== 1) continue;
    const definition = library.message("function");
    while (definition.next()) {
      if (definition.field !== 1) continue;
      const signature = definition.message("signature");
      while (signature.next()) if (signature.field === 1) names.add(signature.text());
    }
  }
}

function readNode(node: Message): NodeDef {
  const inputs: string[] = [];
  const attributes = new Map<string, AttrValue>();
  let [name, operator] = ["", ""];
  while (node.next()) {
    if (node.field === 1) name = node.text();
    else if (node.field === 2) operator = node.text();
    else if (node.field === 3) {
      const input = node.text();
      if (!input.startsWith("^")) inputs.push(input.replace(/:0$/, ""));
    } else if (node.field === 5) attributes.set(...readEntry(node.message("attr"), readAttribute, noAttribute));
  }
  return { name, operator, inputs, attributes };
}

const noAttribute: AttrValue = { i: 0, f: 0, b: false, type: 0, shape: null, tensor: null, ints: [] };

function readAttribute(message: Message): AttrValue {
  let { i, f, b, type, shape, tensor } = noAttribute;
  const ints: number[] = [];
  while (message.next()) {
    const { field } = message;
    if (field === 1) {
      const list = message.message("list");
      while (list.next()) if (list.field === 3) list.numbers("integer", ints);
    } else if (field === 3) i = message.integer();
    else if (field === 4) f = message.float();
    else if (field === 5) b = message.integer() !== 0;
    else if (field === 6) type = message.integer();
    else if (field === 7) shape = readShape(message.message("shape"));
    else if (field === 8) tensor = readTensor(message.bytes(), message.budget);
  }
  return { i, f, b, type, shape, tensor, ints };
}

/** TensorShapeProto → sizes, null for free ones (-1); null for a shape that is not known at all. */
export function readShape(shape: Message): (number | null)[] | null {
  const sizes: (number | null)[] = [];
  let known = true;
  while (shape.next()) {
    if (shape.field === 3) known = shape.integer() === 0;
    if (shape.field !== 2) continue;
    const axis = shape.message("dim");
    let size = 0;
    while (axis.next()) if (axis.field === 1) size = axis.integer();
    sizes.push(size < 0 ? null : size);
  }
  return known ? sizes : null;
}

function readTensor(bytes: Uint8Array, budget: Budget): TensorProto {
  const message = new Message(bytes, budget, "tensor");
  let [type, shape]: [number, (number | null)[] | null] = [0, []];
  let content: Uint8Array | null = null;
  while (message.next()) {
    if (message.field === 1) type = message.integer();
    else if (message.field === 2) shape = readShape(message.message("tensor_shape"));
    else if (message.field === 4) content = message.bytes();
  }
  if (!shape || shape.includes(null))
    throw new CongruentError("file", "tensor: expected a whole shape, got a free one");
  return { type, shape: shape as number[], content, message: bytes };
}
