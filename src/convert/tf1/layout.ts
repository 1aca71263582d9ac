import { type Axis, axis, type Flow, lastStep } from "../chain.ts";
import { regroup } from "../regroup.ts";
import type { Follower, Value } from "./follow.ts";
import type { Graph } from "./graph.ts";
import type { NodeDef } from "./proto.ts";

type Layout = (flow: Flow, node: NodeDef, graph: Graph) => Flow | string;

/** Operators that move data about: the flow's axes after it, or why that is not what a layer does. */
const layouts: Readonly<Record<string, Layout>> = {
  Transpose: transpose,
  Reshape: reshapeTo,
  ExpandDims: expand,
  Squeeze: squeeze,
  Gather: (flow, { inputs }, graph) => takeStep(flow, 0, graph.numbers(inputs[1]), isScalar(graph, inputs[1])),
  GatherV2: (flow, { inputs }, graph) =>
    takeStep(flow, graph.numbers(inputs[2])?.[0] ?? 0, graph.numbers(inputs[1]), isScalar(graph, inputs[1])),
  StridedSlice: slice,
  ReverseV2: (flow, { inputs }, graph) => turn(flow, graph.numbers(inputs[1])?.[0] ?? null, "whole"),
  ReverseSequence: (flow, { attributes }) => turn(flow, attributes.get("seq_dim")?.i ?? 0, "by lengths"),
};

/**
 * Operators that only move data about.
 *
 * @returns null for another operator, or one on what is no data; a sentence for one that does what no layer does
 */
export function readLayout(follower: Follower, node: NodeDef): Value | string | null {
  const { operator, inputs } = node;
  if (operator === "ConcatV2") return readConcat(follower, node);
  if (!Object.hasOwn(layouts, operator)) return null;
  const value = follower.value(inputs[0]);
  if (value === "static") return null;
  if (value === "unknown" || value === "aside") return value;
  if (value.step) return "it moves data about inside a loop";
  // A placeholder need not say its shape.
  if (value.axes.length === 0) return "the shape of its input is not known";
  return layouts[operator](value, node, follower.graph);
}

/** An axis counted from the front. */
function place(given: number, rank: number): number {
  return given < 0 ? given + rank : given;
}

function isScalar(graph: Graph, value: string | undefined): boolean {
  return graph.tensor(value)?.shape.length === 0;
}

function transpose(flow: Flow, { inputs }: NodeDef, graph: Graph): Flow | string {
  const perm = graph.numbers(inputs[1]);
  const axes = perm?.map((from) => flow.axes[from ?? -1]);
  const fits = axes?.length === flow.axes.length && new Set(axes).size === axes.length && !axes.some((one) => !one);
  return fits ? { ...flow, axes } : "its order of axes is not known";
}

function reshapeTo(flow: Flow, { inputs }: NodeDef, graph: Graph): Flow | string {
  const sizes = graph.numbers(inputs[1]);
  const axes = sizes && regroup(flow.axes, sizes);
  const mixed = axes?.find(({ folded }) => folded.some(({ role }) => role === "features"));
  if (!axes || mixed) return "it makes another shape of the features, or one that is not known";
  return { ...flow, axes };
}

function expand(flow: Flow, { inputs }: NodeDef, graph: Graph): Flow | string {
  const [given] = graph.numbers(inputs[1]) ?? [];
  if (typeof given !== "number") return "its axis is not known";
  const axes: Axis[] = [...flow.axes];
  axes.splice(place(given, flow.axes.length + 1), 0, axis(null, 1));
  return { ...flow, axes };
}

function squeeze(flow: Flow, { attributes }: NodeDef): Flow | string {
  const given = attributes.get("squeeze_dims")?.ints.map((at) => place(at, flow.axes.length));
  const at = given?.length ? given : flow.axes.flatMap(({ size }, i) => (size === 1 ? [i] : []));
  if (!at.every((i) => flow.axes[i]?.size === 1)) return "it drops an axis that is not known to be 1";
  return { ...flow, axes: flow.axes.filter((_, i) => !at.includes(i)) };
}

/** One position of an axis, which can only be the last step. */
function takeStep(
  flow: Flow,
  given: number,
  positions: readonly (number | null)[] | null,
  drop: boolean,
): Flow | string {
  const target = flow.axes[place(given, flow.axes.length)];
  const [index] = positions ?? [];
  if (positions?.length !== 1 || typeof index !== "number" || target?.role !== "time") {
    return "it takes positions that are not the last step";
  }
  const isLast = index === -1 || (target.size !== null && index === target.size - 1);
  if (!isLast && index !== 0) return "it takes a step in the middle";
  const last = lastStep(flow, target, isLast ? "last" : "first");
  if (typeof last === "string") return `it ${last}`;
  return drop ? last : { ...last, axes: flow.axes.map((kept) => (kept === target ? axis(null, 1) : kept)) };
}

/** x[:, -1, :] and the like. */
function slice(flow: Flow, { inputs, attributes }: NodeDef, graph: Graph): Flow | string {
  const mask = (key: string) => attributes.get(key)?.i ?? 0;
  const [begins, ends, steps] = [1, 2, 3].map((i) => graph.numbers(inputs[i]));
  const odd = mask("ellipsis_mask") !== 0 || mask("new_axis_mask") !== 0 || steps?.some((step) => step !== 1);
  if (!begins || !ends || odd || begins.length > flow.axes.length) return "it takes positions that are not known";
  let result: Flow | string = flow;
  begins.forEach((begin, i) => {
    const [free, single] = [
      (mask("begin_mask") >> i) & (mask("end_mask") >> i) & 1,
      (mask("shrink_axis_mask") >> i) & 1,
    ];
    const target = flow.axes[i];
    if (typeof result === "string" || (free && !single)) return;
    if (begin === 0 && !single && ends[i] !== null && ends[i] === target.size) return;
    result = single ? takeStep(result, result.axes.indexOf(target), [begin], true) : "it takes a range";
  });
  return result;
}

/** Time turned round, or back again. */
function turn(flow: Flow, along: number | null, how: "whole" | "by lengths"): Flow | string {
  const target = along === null ? undefined : flow.axes[place(along, flow.axes.length)];
  if (!target || (target.role !== null && target.role !== "time")) return "it turns round something else than time";
  if (flow.turned !== "no" && flow.turned !== how) return "it turns time back in another way than it was turned";
  target.role = "time";
  return { ...flow, turned: flow.turned === "no" ? how : "no" };
}

function readConcat(follower: Follower, { inputs }: NodeDef): Value | string | null {
  const values = inputs.slice(0, -1).map((input) => follower.value(input));
  if (values.every((value) => value === "static")) return null;
  const [first, second] = values;
  if (values.length !== 2 || typeof first === "string" || typeof second === "string") return "it joins data";
  const [along] = follower.graph.numbers(inputs.at(-1)) ?? [];
  if (typeof along !== "number" || place(along, first.axes.length) !== first.axes.length - 1) return "it joins data";
  return follower.join(first, second);
}
