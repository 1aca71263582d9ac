import { type Axis, axis, type Flow, lastStep } from "../../chain.ts";
import { regroup } from "../../regroup.ts";
import type { Graph } from "../graph.ts";
import type { NodeProto } from "../proto.ts";
import { countOf, readIntegers } from "../tensor.ts";
import type { Value } from "../values.ts";

/** What an operator that moves data about gives, or why that is not what a layer does. */
type Result = Value | readonly Value[] | string;

type Layout = (flow: Flow, graph: Graph, node: NodeProto) => Result;

const layouts: Readonly<Record<string, Layout>> = {
  Identity: (flow) => flow,
  Cast: (flow, _, node) =>
    flow.link && !reals.includes(node.attributes.get("to")?.i ?? 0) ? "it makes whole numbers of fractions" : flow,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Reshape: reshapeTo,
  Flatten: (flow, _, node) =>
    flow.axes.length === 2 && (node.attributes.get("axis")?.i ?? 1) === 1 ? flow : "it folds axes into one",
  Gather: (flow, graph, node) => {
    const indices = integers(graph, node, 1);
    const scalar = graph.constant(node, 1)?.shape.length === 0;
    if (indices?.length !== 1) return "it takes several, or computed, positions";
    return takeOne(flow, node.attributes.get("axis")?.i ?? 0, indices[0], scalar);
  },
  Slice: slice,
  Split: split,
  Expand: () => "it repeats data",
};

/** TensorProto.DataType of float, float16, double and bfloat16. */
const reals: readonly number[] = [1, 10, 11, 16];

/** Whether an operator only moves data about. */
export function isLayout(operator: string): boolean {
  return Object.hasOwn(layouts, operator);
}

/** An operator on the data of one flow. */
export function readLayout(graph: Graph, node: NodeProto, flow: Flow): Result {
  return layouts[node.operator](flow, graph, node);
}

/** Small integers at an input, or in an attribute where older opsets have them. */
function integers(graph: Graph, node: NodeProto, index: number, key = ""): readonly number[] | null {
  const tensor = graph.constant(node, index);
  if (tensor) return countOf(tensor.shape, tensor.name) <= 16 ? [...readIntegers(tensor)] : null;
  return graph.input(node, index) ? null : (node.attributes.get(key)?.ints ?? null);
}

/** An axis counted from the front. */
function place(given: number, rank: number): number {
  return given < 0 ? given + rank : given;
}

function transpose(flow: Flow, _: Graph, node: NodeProto): Result {
  const rank = flow.axes.length;
  const perm = node.attributes.get("perm")?.ints ?? flow.axes.map((_, i) => rank - 1 - i);
  const axes = perm.map((from) => flow.axes[from]);
  if (new Set(perm).size !== perm.length || axes.includes(undefined as unknown as Axis)) return "its perm does not fit";
  // A graph need not say the shape of an input.
  if (rank === 0 && flow.link === null) return "the shape of its input is not known";
  return perm.length === rank ? { ...flow, axes } : "its perm does not fit";
}

function squeeze(flow: Flow, graph: Graph, node: NodeProto): Result {
  const given = integers(graph, node, 1, "axes");
  if (!given && (graph.input(node, 1) || flow.axes.some(({ size }) => size === null))) return "its axes are not known";
  const at = (given ?? flow.axes.flatMap(({ size }, i) => (size === 1 ? [i] : []))).map((i) =>
    place(i, flow.axes.length),
  );
  if (!at.every((i) => flow.axes[i]?.size === 1)) return "it drops an axis that is not known to be 1";
  return { ...flow, axes: flow.axes.filter((_, i) => !at.includes(i)) };
}

function unsqueeze(flow: Flow, graph: Graph, node: NodeProto): Result {
  const given = integers(graph, node, 1, "axes");
  if (!given) return "its axes are not known";
  const rank = flow.axes.length + given.length;
  const at = given.map((i) => place(i, rank));
  const rest = [...flow.axes];
  const axes = Array.from({ length: rank }, (_, i) => (at.includes(i) ? axis(null, 1) : (rest.shift() as Axis)));
  return axes.includes(undefined as unknown as Axis) ? "its axes do not fit" : { ...flow, axes };
}

/** One position of an axis. */
function takeOne(flow: Flow, given: number, index: number, drop: boolean): Result {
  const at = place(given, flow.axes.length);
  const target = flow.axes[at];
  if (!target) return "its axis does not fit";
  const without = flow.axes.filter((_, i) => i !== at);
  const one = drop ? without : flow.axes.map((kept, i) => (i === at ? axis(null, 1) : kept));
  if (target.size === 1 && (index === 0 || index === -1)) return { ...flow, axes: one };
  if (target.role === "direction" && flow.direction === null) {
    return { ...flow, axes: one, direction: place(index, 2) };
  }
  if (target.role !== "time") return `it takes one position of ${target.role ?? "an axis"}`;
  const isLast = index === -1 || (target.size !== null && index === target.size - 1);
  if (!isLast && index !== 0) return "it takes a step in the middle";
  const last = lastStep(flow, target, isLast ? "last" : "first");
  return typeof last === "string" ? `it ${last}` : { ...last, axes: one };
}

function slice(flow: Flow, graph: Graph, node: NodeProto): Result {
  const starts = integers(graph, node, 1, "starts");
  const ends = integers(graph, node, 2, "ends");
  const axes = integers(graph, node, 3, "axes") ?? starts?.map((_, i) => i);
  const steps = integers(graph, node, 4) ?? [];
  if (!starts || !ends || !axes || steps.some((step) => step !== 1)) return "it takes positions that are not known";
  let result: Flow = flow;
  for (const [i, given] of axes.entries()) {
    const target = result.axes[place(given, result.axes.length)];
    const size = target?.size ?? Number.POSITIVE_INFINITY;
    const toEnd = ends[i] >= size || ends[i] > 2 ** 31 - 2;
    if (starts[i] === 0 && toEnd) continue;
    const single = toEnd ? starts[i] === -1 || starts[i] === size - 1 : ends[i] === starts[i] + 1;
    if (!target || !single) return "it takes a range";
    const one = takeOne(result, given, toEnd ? -1 : starts[i], false);
    if (typeof one === "string" || "length" in one || one.is !== "flow") return one;
    result = one;
  }
  return result;
}

/** Both directions apart. */
function split(flow: Flow, _: Graph, node: NodeProto): Result {
  const at = place(node.attributes.get("axis")?.i ?? 0, flow.axes.length);
  if (flow.axes[at]?.role !== "direction" || flow.direction !== null || node.outputs.length !== flow.axes[at].size) {
    return "it splits data";
  }
  if (node.outputs.length === 1) return [flow];
  const axes = flow.axes.map((kept, i) => (i === at ? axis(null, 1) : kept));
  return [0, 1].map((direction) => ({ ...flow, axes, direction }));
}

/** Directions put one behind the other again, or the final states of several GRUs. */
export function readConcat(flows: readonly Flow[], node: NodeProto): Value | string {
  const [first, second] = flows;
  const rank = first.axes.length;
  const at = place(node.attributes.get("axis")?.i ?? 0, rank);
  if (flows.length === 1) return first;
  if (
    flows.every(
      ({ output, axes, direction }) => output === "state" && direction === null && axes[at]?.role === "direction",
    )
  ) {
    return { is: "states" };
  }
  const pair =
    flows.length === 2 && first.link !== null && first.link === second.link && first.output === second.output;
  if (!pair || first.direction !== 0 || second.direction !== 1 || first.axes[at]?.role !== "features") {
    return "it joins data in a way that no layer does";
  }
  first.link.merged = true;
  const { size } = first.axes[at];
  const features = axis("features", size === null ? null : 2 * size);
  return { ...first, direction: null, merged: true, axes: first.axes.map((kept, i) => (i === at ? features : kept)) };
}

function reshapeTo(flow: Flow, graph: Graph, node: NodeProto): Result {
  const target = integers(graph, node, 1, "shape");
  if (!target) return "its shape is not known";
  const keepsZero = node.attributes.get("allowzero")?.i !== 1;
  const axes = regroup(
    flow.axes,
    target.map((size, i) => (size === 0 && keepsZero ? { same: i } : size)),
  );
  if (!axes) return `it makes [${target.join(", ")}] of what is no such shape`;
  const merged = axes.find(({ folded }) => folded.some(({ role }) => role === "direction"));
  if (!merged) return { ...flow, axes };
  const [outer, inner] = merged.folded;
  if (merged.folded.length !== 2 || outer.role !== "direction" || inner.role !== "features" || !flow.link) {
    return "it folds directions into something else than the features";
  }
  flow.link.merged = true;
  const features = axis("features", inner.size === null ? null : 2 * inner.size);
  return { ...flow, merged: true, axes: axes.map((kept) => (kept === merged ? features : kept)) };
}
