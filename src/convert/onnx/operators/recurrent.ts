import { CongruentError } from "../../../errors.ts";
import { bidirectional, gru } from "../../../kernel/layers.ts";
import type { Layer } from "../../../layers/layer.ts";
import { axis, bind, type Flow, type Form, flowOf, type Link } from "../../chain.ts";
import { type Graph, nameOf } from "../graph.ts";
import { fromOnnx, type OnnxGru } from "../gru.ts";
import type { NodeProto } from "../proto.ts";
import { readFloats } from "../tensor.ts";
import type { Outputs } from "../values.ts";

const attributes: readonly string[] = [
  "activation_alpha",
  "activation_beta",
  "activations",
  "clip",
  "direction",
  "hidden_size",
  "layout",
  "linear_before_reset",
  // Up to opset 6: whether Y is given at all.
  "output_sequence",
];

/** A `GRU` node → a link; its Y and Y_h → flows. */
export function readGru(graph: Graph, node: NodeProto): Outputs {
  const why = refusal(graph, node);
  if (why) return graph.refuse(node, why);
  const layout = node.attributes.get("layout")?.i ?? 0;
  const directions = node.attributes.get("direction")?.s === "bidirectional" ? 2 : 1;
  const hasLengths = graph.input(node, 4) !== null;
  const input = readInput(graph, node, layout);
  const link = graph.add(node, {
    input,
    make: (form) => makeLayers(graph, node, form),
    directions,
    backwards: node.attributes.get("direction")?.s === "reverse",
    lengths: hasLengths,
  });
  checkLengths(graph, node, link);
  checkState(graph, node, link);
  if (graph.uses(node.outputs[0]) > 0) link.read.add("sequence");
  if (graph.uses(node.outputs[1]) > 0) link.read.add("state");
  if (!input) return [];
  const [time, batch] = layout === 1 ? [input.axes[1], input.axes[0]] : [input.axes[0], input.axes[1]];
  const side = axis("direction", directions);
  const features = axis("features", graph.constant(node, 2)?.shape[2] ?? null);
  const sequence = layout === 1 ? [batch, time, side, features] : [time, side, batch, features];
  const state = layout === 1 ? [batch, side, features] : [side, batch, features];
  return [flowOf(link, "sequence", sequence), flowOf(link, "state", state)];
}

/** Why a node cannot be a layer, whatever comes in; null where it can. */
function refusal(graph: Graph, node: NodeProto): string | null {
  const unread = [...node.attributes.keys()].find((key) => !attributes.includes(key));
  if (unread) return `it has an attribute that a GRU has not: ${unread}`;
  const layout = node.attributes.get("layout")?.i ?? 0;
  if (layout !== 0 && layout !== 1) return `its layout is ${layout}: expected 0 or 1`;
  for (const [index, name] of ["W", "R", "B"].entries()) {
    const value = graph.input(node, index + 1);
    if (value === null ? index === 2 : value.is === "constant") continue;
    const written = node.inputs[index + 1] ?? "";
    if (value === null) return `it has no ${name}`;
    return value.is === "flow" && !value.link
      ? `its ${name} is an input of the graph, ${JSON.stringify(written)}: its numbers are not in the file, and have to be given beside it`
      : `its ${name} (${JSON.stringify(written)}) is worked out by the graph in a way that is not followed`;
  }
  return null;
}

/** X, its axes known from then on. */
function readInput(graph: Graph, node: NodeProto, layout: number): Flow | null {
  const input = graph.data(node, 0);
  if (!input) return null;
  const inputs = graph.constant(node, 1)?.shape[2] ?? null;
  // A graph need not say the shape of an input.
  const flow = input.axes.length === 0 ? { ...input, axes: [0, 1, 2].map(() => axis(null, null)) } : input;
  const roles = layout === 1 ? (["batch", "time", "features"] as const) : (["time", "batch", "features"] as const);
  const fits =
    flow.axes.length === 3 && flow.axes.every((one, i) => bind(one, roles[i], roles[i] === "features" ? inputs : null));
  if (fits) return flow;
  const found = flow.axes.map(({ role, size }) => role ?? size ?? "?").join(", ");
  graph.chain.break(`${nameOf(node)} reads [${roles.join(", ")}] and is given [${found}]`);
  return null;
}

/** Lengths may come in from outside; those that the graph makes itself could not be given to the model. */
function checkLengths(graph: Graph, node: NodeProto, link: Link): void {
  const value = graph.input(node, 4);
  const from = value?.is === "loose" ? value.from : value?.is === "flow" ? value : null;
  if (value && (!from || from.link))
    graph.chain.break(`${link.name} has lengths (sequence_lens) from inside the graph`);
}

/** An initial state may come in from outside or be 0. */
function checkState(graph: Graph, node: NodeProto, link: Link): void {
  const value = graph.input(node, 5);
  if (!value || graph.isZero(value)) return;
  const from = value.is === "loose" ? value.from : value.is === "flow" ? value : null;
  if (from && !from.link) return;
  const what = value.is === "constant" ? "is stored in the file and is not 0" : "is made by the graph";
  graph.chain.break(`the initial state of ${link.name} ${what}: a run has to be given it`);
}

function makeLayers(graph: Graph, node: NodeProto, { returnSequences, mergeMode }: Form): readonly Layer[] {
  const name = nameOf(node);
  const options = fromOnnx(readNode(graph, node));
  if (!("forward" in options)) return [gru({ ...options, returnSequences, name })];
  const { forward, backward } = options;
  return [
    bidirectional({
      forward: { ...(forward as Parameters<typeof gru>[0]), returnSequences },
      backward: { ...backward, returnSequences },
      mergeMode,
      name,
    }),
  ];
}

function readNode(graph: Graph, node: NodeProto): OnnxGru {
  const tensor = (index: number) => {
    const constant = graph.constant(node, index);
    return constant && { data: readFloats(constant), shape: [...constant.shape] };
  };
  const given = <T>(key: string, read: (value: NonNullable<ReturnType<typeof node.attributes.get>>) => T) => {
    const value = node.attributes.get(key);
    return value && { [key]: read(value) };
  };
  const [W, R, B] = [tensor(1), tensor(2), tensor(3)];
  if (!W || !R) throw new CongruentError("weights", `${nameOf(node)}: expected W and R, got none`);
  return {
    W,
    R,
    ...(B && { B }),
    ...given("direction", ({ s }) => s),
    ...given("linear_before_reset", ({ i }) => i),
    ...given("clip", ({ f }) => f),
    ...given("activations", ({ strings }) => strings),
    ...given("activation_alpha", ({ floats }) => floats),
    ...given("activation_beta", ({ floats }) => floats),
    ...given("hidden_size", ({ i }) => i),
  };
}
