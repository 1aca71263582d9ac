import { bidirectional, gru } from "../../kernel/layers.ts";
import type { GruOptions } from "../../layers/gru.ts";
import { axis, bind, type Flow, type Form, flowOf, type Link } from "../chain.ts";
import { fromTf1GruCell } from "./cell.ts";
import type { Follower, Value } from "./follow.ts";
import type { MatchedCell } from "./match.ts";
import type { NodeDef } from "./proto.ts";
import type { Tensor } from "./tensor.ts";

const cells = new WeakMap<Link, MatchedCell>();

/** A cell in a loop → a link. */
export function addCell(follower: Follower, sum: NodeDef, cell: MatchedCell): Value {
  const { chain } = follower;
  const input = follower.flow(cell.input);
  const units = cell.candidateBias.count;
  const fits = input?.step && input.axes.length === 3 && bindStep(input, cell);
  if (!fits) follower.break(`it is not known what ${cell.name} reads, or it is not run by dynamic_rnn`);
  checkState(follower, sum, cell);
  const tensors = [cell.gatesKernel, cell.gatesBias, cell.candidateKernel, cell.candidateBias];
  const link = chain.add({
    name: cell.name,
    kind: "GRUCell",
    input: fits ? input : null,
    make: (form) => [
      gru({ ...options(cell, form), goBackwards: input?.turned !== undefined && input.turned !== "no" }),
    ],
    directions: 1,
    backwards: input !== null && input.turned !== "no",
    parameters: tensors.reduce((sum, { count }) => sum + count, 0),
    bytes: tensors.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  cells.set(link, cell);
  if (!fits) return "unknown";
  const axes = [input.axes[0], input.axes[1], axis("features", units)];
  return { ...flowOf(link, "sequence", axes), turned: input.turned, step: true };
}

function bindStep({ axes: [, batch, features] }: Flow, { gatesKernel, candidateBias }: MatchedCell): boolean {
  return bind(batch, "batch") && bind(features, "features", gatesKernel.shape[0] - candidateBias.count);
}

function options(cell: MatchedCell, { returnSequences }: Form): GruOptions {
  const tensor = ({ shape, read }: Tensor) => ({ data: read(), shape: [...shape] });
  return {
    ...fromTf1GruCell({
      gatesKernel: tensor(cell.gatesKernel),
      gatesBias: tensor(cell.gatesBias),
      candidateKernel: tensor(cell.candidateKernel),
      candidateBias: tensor(cell.candidateBias),
      activation: cell.activation,
    }),
    returnSequences,
    name: cell.name,
  };
}

/** The state has to be the loop's own: at first 0 or given from outside, and then what the cell gave. */
function checkState({ graph, chain }: Follower, sum: NodeDef, { name, state }: MatchedCell): void {
  const merge = graph.node(graph.node(graph.source(state)).inputs[0]);
  const next = merge.operator === "Merge" ? graph.node(merge.inputs[1]) : null;
  if (next?.operator !== "NextIteration") {
    chain.break(`the state of ${name} is not kept by a loop`);
    return;
  }
  const kept = graph.node(graph.source(next.inputs[0]));
  const given = ["Select", "SelectV2"].includes(kept.operator) ? graph.node(graph.source(kept.inputs[2])) : kept;
  if (given.name !== sum.name) chain.break(`the state of ${name} is changed between its steps`);
  const first = merge.inputs[0];
  if (graph.node(graph.source(first)).operator !== "Placeholder" && !graph.isZero(first)) {
    chain.break(`the initial state of ${name} is made by the graph: a run has to be given it`);
  }
}

/** Two directions side by side → one flow, of one layer; a sentence where they are not two directions. */
export function joinDirections(follower: Follower, first: Flow, second: Flow): Flow | string {
  const [forward, backward] = [first.link, second.link];
  const forwardCell = forward && cells.get(forward);
  const backwardCell = backward && cells.get(backward);
  if (!forwardCell || !backwardCell || first.output !== second.output)
    return "it joins data in a way that no layer does";
  if (forward.backwards || !backward.backwards || !isSameData(forward.input, backward.input)) {
    return "it joins two GRUs that are not the two directions of one";
  }
  if (first.turned !== "no" || second.turned !== "no") return "it joins outputs of which one runs backwards";
  const turned = backward.input?.turned;
  if (forward.lengths !== backward.lengths || (turned === "by lengths") !== backward.lengths) {
    return "it joins directions that treat lengths in two ways";
  }
  const joined = follower.pair(forward, backward, () =>
    follower.chain.replace(forward, backward, {
      name: commonScope(forward.name, backward.name),
      kind: "GRUCell+GRUCell",
      input: forward.input,
      make: (form) => [
        bidirectional({
          forward: options(forwardCell, form),
          backward: { ...options(backwardCell, form), goBackwards: true },
          mergeMode: form.mergeMode,
          name: commonScope(forward.name, backward.name),
        }),
      ],
      directions: 2,
      lengths: forward.lengths,
      parameters: forward.parameters + backward.parameters,
      bytes: forward.bytes + backward.bytes,
      merged: true,
    }),
  );
  const [a, b] = [first.axes.at(-1)?.size ?? null, second.axes.at(-1)?.size ?? null];
  const features = axis("features", a !== null && b !== null ? a + b : null);
  return { ...flowOf(joined, first.output, [...first.axes.slice(0, -1), features]), merged: true };
}

/** Whether two flows hold the same, but for the order of time. */
function isSameData(one: Flow | null, other: Flow | null): boolean {
  return (
    one !== null &&
    other !== null &&
    one.link === other.link &&
    one.input === other.input &&
    one.output === other.output
  );
}

/** "bidirectional_rnn" of "bidirectional_rnn/fw/gru_cell" and "bidirectional_rnn/bw/gru_cell". */
function commonScope(one: string, other: string): string {
  const [a, b] = [one.split("/"), other.split("/")];
  const length = a.findIndex((part, i) => part !== b[i]);
  return a.slice(0, length).join("/") || `${one}+${other}`;
}
