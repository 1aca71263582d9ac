import { CongruentError, expected } from "../../errors.ts";
import type { AttrValue, GraphDef, NodeDef } from "./proto.ts";
import { type Allowance, fromProto, isNumeric, type Tensor } from "./tensor.ts";

/** Operators that give what they are given. */
const passing: readonly string[] = [
  "Identity",
  "StopGradient",
  "PreventGradient",
  "CheckNumerics",
  "Snapshot",
  "Enter",
  "RefEnter",
  "Cast",
  "ReadVariableOp",
  "PlaceholderWithDefault",
];

/** How far constants are followed from operator to operator. */
const depthLimit = 200;

/** A graph by names: its operators, its constants, and small whole numbers worked out. */
export class Graph {
  readonly nodes = new Map<string, NodeDef>();
  readonly #variables: ReadonlyMap<string, Tensor>;
  readonly #uses = new Map<string, number>();
  readonly #allowance: Allowance;
  /** What was worked out before. */
  readonly #numbers = new Map<string, (number | null)[] | null>();
  readonly #zeros = new Map<string, boolean>();

  /**
   * @param variables from a checkpoint, by the names of their operators
   * @param size bytes of the file
   * @throws CongruentError `file`: two operators of a name
   */
  constructor(definition: GraphDef, variables: ReadonlyMap<string, Tensor>, size: number) {
    this.#variables = variables;
    this.#allowance = { numbers: 1_000_000 + size / 4 };
    for (const node of definition.nodes) {
      if (this.nodes.has(node.name)) throw expected("file", node.name, "one operator of the name", "two");
      this.nodes.set(node.name, node);
      for (const input of node.inputs) this.#uses.set(input, (this.#uses.get(input) ?? 0) + 1);
    }
  }

  /**
   * The operator that gives a value (`name`, or `name:1`).
   * @throws CongruentError `file`: there is none
   */
  node(value: string | undefined): NodeDef {
    const node = this.nodes.get((value ?? "").replace(/:\d+$/, ""));
    if (!node) throw expected("file", JSON.stringify(value ?? "an input"), "an operator of the graph", "none");
    return node;
  }

  /** How many operators read a value. */
  uses(value: string): number {
    return this.#uses.get(value) ?? 0;
  }

  /** Whether an operator gives something that another one reads. */
  isRead({ name }: NodeDef): boolean {
    return this.uses(name) > 0 || [1, 2, 3].some((output) => this.uses(`${name}:${output}`) > 0);
  }

  /** A value before all the operators that give what they are given. */
  source(value: string | undefined): string {
    let at = value ?? "";
    for (let depth = 0; depth < depthLimit; depth++) {
      const node = this.node(at);
      if (!passing.includes(node.operator) || node.inputs.length === 0) return at;
      at = node.inputs[0];
    }
    throw new CongruentError("unsupported", `${value}: expected a graph less deep, got one of ${depthLimit} in a row`);
  }

  /** The tensor that a value is, or null where it is none whose numbers are known. */
  tensor(value: string | undefined): Tensor | null {
    const node = this.node(this.source(value));
    if (node.operator === "Const") {
      const tensor = attribute(node, "value")?.tensor;
      return tensor && isNumeric(tensor.type) ? fromProto(tensor, node.name, this.#allowance) : null;
    }
    return ["VariableV2", "Variable", "VarHandleOp"].includes(node.operator)
      ? (this.#variables.get(node.name) ?? null)
      : null;
  }

  /**
   * Few whole numbers: a shape, axes, positions. null for one that depends on the input.
   *
   * @returns null where nothing is known, not even how many there are
   */
  numbers(value: string | undefined, depth = 0): (number | null)[] | null {
    const source = this.source(value);
    const before = this.#numbers.get(source);
    if (before !== undefined || depth > depthLimit) return before ?? null;
    const numbers = this.#workOut(source, depth);
    this.#numbers.set(source, numbers);
    return numbers;
  }

  #workOut(value: string, depth: number): (number | null)[] | null {
    const tensor = this.tensor(value);
    if (tensor) return !tensor.real && tensor.count <= 16 ? [...tensor.read()] : null;
    const { operator, inputs } = this.node(value);
    const one = (index: number) => this.numbers(inputs[index] ?? "", depth + 1)?.[0] ?? null;
    if (operator === "Pack") return inputs.length <= 16 ? inputs.map((_, i) => one(i)) : null;
    if (operator === "Range") {
      const [start, limit, delta] = [one(0), one(1), one(2)];
      if (start === null || limit === null || delta !== 1 || limit - start > 16) return null;
      return Array.from({ length: Math.max(0, limit - start) }, (_, i) => start + i);
    }
    if (operator === "ConcatV2") {
      if (inputs.length > 17) return null;
      const parts = inputs.slice(0, -1).map((input) => this.numbers(input, depth + 1));
      return parts.includes(null) ? null : (parts as (number | null)[][]).flat().slice(0, 16);
    }
    // A scalar that depends on the input, which is what is left of shapes.
    return operator === "StridedSlice" ? [null] : null;
  }

  /** Whether a value is zeros, of whatever shape. */
  isZero(value: string | undefined): boolean {
    const source = this.source(value);
    const { operator, inputs } = this.node(source);
    const from = operator === "Fill" ? this.source(inputs[1]) : source;
    let zero = this.#zeros.get(from);
    if (zero === undefined) {
      const tensor = this.tensor(from);
      zero = operator === "ZerosLike" || (tensor?.real === true && tensor.read().every((number) => number === 0));
      this.#zeros.set(from, zero);
    }
    return zero;
  }
}

/** An attribute of an operator. */
export function attribute(node: NodeDef, key: string): AttrValue | undefined {
  return node.attributes.get(key);
}
