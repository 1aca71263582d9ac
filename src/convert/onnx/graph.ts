import { CongruentError, expected } from "../../errors.ts";
import { axis, Chain, type Flow, flowOfInput, type Link } from "../chain.ts";
import { fold } from "./fold.ts";
import type { ModelProto, NodeProto, TensorProto } from "./proto.ts";
import { bytesOf, checkStored, countOf, isReal, readFloats, readIntegers } from "./tensor.ts";
import { fixed, type Outputs, unknown, type Value, zeros } from "./values.ts";

/** What is known of a graph while its operators are read, one after the other. */
export class Graph {
  readonly chain: Chain;
  /** The version of ONNX's own operators. */
  readonly opset: number;
  readonly #values = new Map<string, Value>();
  /** How often each value is read, by operators and as an output. */
  readonly #uses = new Map<string, number>();
  /** How many numbers may still be moved to work out constants. */
  #work: number;

  /**
   * @param given tensors for inputs of the graph
   * @param size bytes of the file and of those beside it
   * @throws CongruentError `file`
   */
  constructor({ graph, opsets }: ModelProto, given: ReadonlyMap<string, TensorProto>, size: number) {
    this.opset = opsets.get("") ?? 1;
    this.chain = new Chain(size);
    this.#work = 1_000_000 + size / 4;
    for (const tensor of graph.initializers) {
      checkStored(tensor);
      this.#define(tensor.name, { is: "constant", tensor });
    }
    for (const [name, tensor] of given) this.#define(name, { is: "constant", tensor });
    for (const { name, shape } of graph.inputs) {
      // Up to IR version 3, initializers are listed as inputs too.
      if (this.#values.has(name)) continue;
      this.#define(name, flowOfInput(name, shape?.map((length) => axis(null, length)) ?? []));
    }
    for (const { inputs } of graph.nodes) for (const name of inputs) this.#count(name);
    for (const { name } of graph.outputs) this.#count(name);
  }

  /**
   * What is known of a value. An input that is left out is not asked for.
   * @throws CongruentError `file`: nothing before gives it
   */
  value(name: string): Value {
    const value = this.#values.get(name);
    if (!value) throw expected("file", JSON.stringify(name), "a value that an operator before gives", "none");
    return value;
  }

  uses(name: string | undefined): number {
    return (name && this.#uses.get(name)) || 0;
  }

  /** The input of an operator, or null where it is left out. */
  input(node: NodeProto, index: number): Value | null {
    const name = node.inputs[index] ?? "";
    return name === "" ? null : this.value(name);
  }

  /** The tensor at an input, or null where its numbers are not known. */
  constant(node: NodeProto, index: number): TensorProto | null {
    const value = this.input(node, index);
    return value?.is === "constant" ? value.tensor : null;
  }

  /**
   * The data at an input of a layer, or null where it is not known what it is. Data that was moved in a way that no
   * layer does has the operator that moved it refused.
   */
  data(node: NodeProto, index: number): Flow | null {
    const value = this.input(node, index);
    if (value?.is === "flow") return value;
    if (value?.is === "loose") {
      const { name, kind, why } = value;
      this.chain.refuse(name, kind, why);
      this.#values.set(node.inputs[index], unknown);
    }
    return null;
  }

  /** Says what an operator gives; outputs that nobody names are dropped. */
  give(node: NodeProto, outputs: Outputs): void {
    node.outputs.forEach((name, i) => {
      if (name !== "") this.#define(name, outputs[i] ?? unknown);
    });
  }

  /** An operator that becomes no layer. Its weights count as its parameters. */
  refuse(node: NodeProto, why: string): Outputs {
    const [parameters, bytes] = this.#weigh(node);
    this.chain.refuse(nameOf(node), node.operator, why, parameters, bytes);
    return [];
  }

  /** An operator that becomes a layer. */
  add(node: NodeProto, given: Omit<Parameters<Chain["add"]>[0], "name" | "kind">): Link {
    const [parameters, bytes] = this.#weigh(node);
    return this.chain.add({ name: nameOf(node), kind: node.operator, parameters, bytes, ...given });
  }

  /** An operator that becomes part of the link before it. */
  join(node: NodeProto, to: Link): void {
    const [parameters, bytes] = this.#weigh(node);
    to.kind += `+${node.operator}`;
    to.parameters += parameters;
    to.bytes += bytes;
  }

  /** An operator on constants: worked out where exporters need that, else only known not to depend on data. */
  work(node: NodeProto): Value {
    const inputs = node.inputs.map((name) => {
      const value = name === "" ? null : this.value(name);
      return value?.is === "constant" ? value.tensor : null;
    });
    const { tensor, moved } = fold(node, inputs, this.#work);
    this.#work -= moved;
    return tensor ? { is: "constant", tensor } : fixed;
  }

  /** Whether a value is nothing but zeros, of whatever shape. */
  isZero(value: Value): boolean {
    if (value.is === "zeros") return true;
    if (value.is !== "constant" || !isReal(value.tensor)) return false;
    const count = countOf(value.tensor.shape, value.tensor.name);
    this.#work -= count;
    if (this.#work < 0) return false;
    return readFloats(value.tensor).every((number) => number === 0);
  }

  /** Whether an input is the constant false. */
  isFalse(node: NodeProto, index: number): boolean {
    const tensor = this.constant(node, index);
    return tensor !== null && !isReal(tensor) && readIntegers(tensor).every((value) => value === 0);
  }

  #weigh(node: NodeProto): [parameters: number, bytes: number] {
    let [parameters, bytes] = [0, 0];
    for (const name of new Set(node.inputs)) {
      const value = this.#values.get(name);
      if (value?.is !== "constant" || !isReal(value.tensor)) continue;
      parameters += countOf(value.tensor.shape, name);
      bytes += bytesOf(value.tensor);
    }
    return [parameters, bytes];
  }

  #define(name: string, value: Value): void {
    if (this.#values.has(name)) {
      throw new CongruentError("file", `${JSON.stringify(name)}: expected one value of the name, got two`);
    }
    this.#values.set(name, value);
  }

  #count(name: string): void {
    this.#uses.set(name, (this.#uses.get(name) ?? 0) + 1);
  }
}

/** An operator by its name, or by that of what it gives. */
export function nameOf(node: NodeProto): string {
  return node.name || node.outputs[0] || node.operator;
}

/** A `Constant`'s or `ConstantOfShape`'s value. */
export function constantValue(node: NodeProto): Value {
  const attribute = (key: string) => node.attributes.get(key);
  const tensor = attribute("value")?.t;
  if (node.operator === "ConstantOfShape") {
    return !tensor || (isReal(tensor) && readFloats(tensor)[0] === 0) ? zeros : fixed;
  }
  const name = node.outputs[0] ?? "";
  const made = (type: number, shape: number[], data: readonly number[]): Value => {
    const raw = new Uint8Array(8 * data.length);
    const view = new DataView(raw.buffer);
    data.forEach((value, i) => {
      if (type === 11) view.setFloat64(8 * i, value, true);
      else view.setBigInt64(8 * i, BigInt.asIntN(64, BigInt(value)), true);
    });
    return { is: "constant", tensor: { name, shape, type, message: raw, raw, external: null } };
  };
  if (tensor) return { is: "constant", tensor: { ...tensor, name: tensor.name || name } };
  const [float, floats, int, ints] = ["value_float", "value_floats", "value_int", "value_ints"].map(attribute);
  if (float) return made(11, [], [float.f]);
  if (floats) return made(11, [floats.floats.length], floats.floats);
  if (int) return made(7, [], [int.i]);
  if (ints) return made(7, [ints.ints.length], ints.ints);
  return fixed;
}
