import { expected } from "../../errors.ts";
import { type Axis, axis, bind, Chain, type Flow, flowOf, flowOfInput, type Link } from "../chain.ts";
import { readDense } from "./dense.ts";
import type { Graph } from "./graph.ts";
import { readLayout } from "./layout.ts";
import { matchCell } from "./match.ts";
import type { NodeDef } from "./proto.ts";
import { addCell, joinDirections } from "./recurrent.ts";

/**
 * What is known of a value: where it comes from; that it does not depend on the data; that operators without a layer
 * made it of the inputs alone; or nothing.
 */
export type Value = Flow | "static" | "aside" | "unknown";

/** How deep a graph may be: operators in a row from the input to the output, some ten for each layer or unrolled step. */
const depthLimit = 400;

/** Operators that give their first input, as far as layers are concerned. */
const passing: readonly string[] = [
  "Identity",
  "StopGradient",
  "PreventGradient",
  "CheckNumerics",
  "Snapshot",
  "Enter",
  "RefEnter",
];

/** Why some operators are refused, where more can be said than that we do not have them. */
const explanations: Readonly<Record<string, string>> = {
  GRUBlockCell: "a fused cell of tf.contrib, whose weights are laid out in another way; rebuild the graph with GRUCell",
  GRUBlockCellV2:
    "a fused cell of tf.contrib, whose weights are laid out in another way; rebuild the graph with GRUCell",
  CudnnRNN: "cuDNN keeps all weights in one opaque array; save the model with CudnnCompatibleGRUCell's variables",
  CudnnRNNV2: "cuDNN keeps all weights in one opaque array; save the model with CudnnCompatibleGRUCell's variables",
  CudnnRNNV3: "cuDNN keeps all weights in one opaque array; save the model with CudnnCompatibleGRUCell's variables",
  PartitionedCall: "a function of TensorFlow 2; save the Keras model as .keras or .h5 and load that",
  StatefulPartitionedCall: "a function of TensorFlow 2; save the Keras model as .keras or .h5 and load that",
  While: "a loop of TensorFlow 2; freeze the graph with control flow v1 (tf.compat.v1.disable_control_flow_v2)",
  StatelessWhile:
    "a loop of TensorFlow 2; freeze the graph with control flow v1 (tf.compat.v1.disable_control_flow_v2)",
};

/** Follows the data of a graph backwards, from what is asked for to the inputs. */
export class Follower {
  readonly chain: Chain;
  readonly #values = new Map<string, Value>();
  readonly #open = new Set<string>();
  readonly #refused = new Set<string>();
  readonly #asides = new Map<string, NodeDef>();

  constructor(
    readonly graph: Graph,
    size: number,
  ) {
    this.chain = new Chain(size);
  }

  /**
   * What is known of a value (`name` or `name:1`).
   * @throws CongruentError `file`: nothing gives it; `unsupported`: it is too deep in the graph
   */
  value(name: string | undefined): Value {
    const key = name ?? "";
    const before = this.#values.get(key);
    if (before) return before;
    // Round a loop.
    if (this.#open.has(key)) return "unknown";
    if (this.#open.size >= depthLimit) {
      throw expected("unsupported", key, `at most ${depthLimit} operators in a row`, "more");
    }
    this.#open.add(key);
    const value = this.#read(this.graph.node(key), key);
    this.#open.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** The data that a value is, or null. */
  flow(name: string | undefined): Flow | null {
    const value = this.value(name);
    return typeof value === "string" ? null : value;
  }

  /**
   * Where a layer reads what is not known: operators on the inputs alone, which nothing else may have needed, are refused
   * parts from then on.
   */
  break(reason: string): void {
    for (const node of this.#asides.values()) this.refuse(node, explain(node));
    this.#asides.clear();
    this.chain.break(reason);
  }

  /** An operator that becomes no layer; what it reads was followed before. */
  refuse(node: NodeDef, why: string): Value {
    let [parameters, bytes] = [0, 0];
    for (const input of node.inputs) {
      const tensor = this.graph.tensor(input);
      if (!tensor?.real) continue;
      parameters += tensor.count;
      bytes += tensor.bytes;
    }
    this.chain.refuse(node.name, node.operator, why, parameters, bytes);
    return "unknown";
  }

  /** Flows of which each is what a link gives, put side by side. */
  join(first: Flow, second: Flow): Flow | string {
    return joinDirections(this, first, second);
  }

  readonly #joined = new Map<Link, Link>();

  /** The layer of two directions that two cells are. */
  pair(forward: Link, backward: Link, make: () => Link): Link {
    const joined = this.#joined.get(forward) ?? make();
    this.#joined.set(forward, joined);
    this.#joined.set(backward, joined);
    return joined;
  }

  #read(node: NodeDef, name: string): Value {
    const { operator, inputs } = node;
    if (operator === "Placeholder" || operator === "PlaceholderWithDefault")
      return flowOfInput(node.name, this.#axes(node));
    if (passing.includes(operator) && inputs.length > 0) return this.value(inputs[0]);
    if (operator === "Cast") return this.#readCast(node);
    if (inputs.length === 0 || this.graph.tensor(name)) return "static";
    // Sizes are no data.
    if (operator === "Shape" || operator === "Rank" || operator === "Size") return "static";
    const cell = matchCell(this.graph, node);
    if (cell) return addCell(this, node, cell);
    const loop = this.#readLoop(node);
    if (loop) return loop;
    const layer = readDense(this, node) ?? readLayout(this, node);
    if (layer === "static" || layer === "aside" || layer === "unknown" || (layer !== null && typeof layer !== "string"))
      return layer;
    return this.#readOther(node, layer ?? explain(node));
  }

  #readCast(node: NodeDef): Value {
    const value = this.value(node.inputs[0]);
    const toReal = [1, 2, 14, 19].includes(node.attributes.get("DstT")?.type ?? 0);
    const rounds = typeof value !== "string" && value.link !== null && !toReal;
    return rounds ? this.#readOther(node, "it makes whole numbers of fractions") : value;
  }

  #axes(node: NodeDef): Axis[] {
    const shape = node.attributes.get("shape")?.shape ?? [];
    return shape.map((size) => axis(null, size));
  }

  /** Loops of dynamic_rnn: arrays of steps that go in and out, and states. */
  #readLoop(node: NodeDef): Value | null {
    const { operator, inputs } = node;
    if (operator === "TensorArrayReadV3") {
      const scatter = this.graph.node(this.graph.source(inputs[2]));
      const flow = scatter.operator === "TensorArrayScatterV3" ? this.flow(scatter.inputs[2]) : null;
      if (!flow || flow.step || flow.axes.length < 2 || !bind(flow.axes[0], "time")) return null;
      return { ...flow, step: true };
    }
    if (operator === "TensorArrayGatherV3") {
      const write = this.graph.node(this.#written(inputs[2]));
      const flow = write.operator === "TensorArrayWriteV3" ? this.flow(write.inputs[2]) : null;
      return flow?.step ? { ...flow, step: false } : null;
    }
    if (operator === "Exit" || operator === "RefExit") {
      const flow = this.flow(this.#written(node.name));
      if (!flow?.step || flow.link?.directions !== 1) return null;
      return { ...flow, output: "state", step: false, turned: "no", axes: flow.axes.slice(1) };
    }
    if (operator === "Select" || operator === "SelectV2") return this.#readSelect(node);
    // Inside of the loop a state is what it was before: what it was at first.
    if (operator === "Switch" || operator === "Merge") return this.value(inputs[0]);
    return null;
  }

  /** What a loop puts into a variable of its at the end of a round, by the variable's `Exit`. */
  #written(exit: string | undefined): string {
    const { graph } = this;
    const out = graph.source(exit);
    if (!/^(Ref)?Exit$/.test(graph.node(out).operator)) return out;
    const merge = graph.node(graph.node(graph.node(out).inputs[0]).inputs[0]);
    const next = graph.node(merge.inputs[1]);
    return graph.source(next.operator === "NextIteration" ? next.inputs[0] : out);
  }

  /** Where a row is over, zeros for its output and the state of before: what lengths do. */
  #readSelect({ inputs: [condition, over, alive] }: NodeDef): Value | null {
    const flow = this.flow(alive);
    const { operator, inputs } = this.graph.node(condition);
    if (!flow?.step || !flow.link || operator !== "GreaterEqual" || !this.flow(inputs[1])) return null;
    const carries = this.graph.node(this.graph.source(over)).operator === "Switch";
    if (!carries && !this.graph.isZero(over)) return null;
    if (flow.turned === "whole") this.chain.break(`${flow.link.name} has lengths and reads the padding first`);
    flow.link.lengths = true;
    return flow;
  }

  /** An operator that is refused, unless it does not depend on the data. What it reads becomes parts. */
  #readOther(node: NodeDef, why: string): Value {
    const values = node.inputs.map((input) => this.value(input));
    if (values.every((value) => value === "static")) return "static";
    if (
      values.every((value) => value === "static" || value === "aside" || (typeof value !== "string" && !value.link))
    ) {
      this.#asides.set(node.name, node);
      return "aside";
    }
    // An operator with several outputs is asked for more than once.
    if (this.#refused.has(node.name)) return "unknown";
    this.#refused.add(node.name);
    return this.refuse(node, why);
  }
}

function explain({ operator }: NodeDef): string {
  return Object.hasOwn(explanations, operator) ? explanations[operator] : `congruent has no ${operator}`;
}

/** What a layer that works step by step gives. */
export function stepwise(input: Flow, link: Link, units: number): Flow {
  const { turned, step } = input;
  return { ...flowOf(link, "sequence", [...input.axes.slice(0, -1), axis("features", units)]), turned, step };
}
