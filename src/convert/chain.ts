/**
 * Operators of a graph → the parts of a model, and whether they are one chain of layers.
 *
 * A loader of graphs follows the data from operator to operator. A link is an operator, or a few of them, that become a
 * layer or are refused; a flow is a value between links, of which we know what each axis is. Operators that only move
 * axes are no links: they change the axes of a flow, and layers do what they are for by themselves.
 */
import { CongruentError } from "../errors.ts";
import type { Layer, MergeMode } from "../layers/layer.ts";
import type { ForeignModel, Part } from "./foreign.ts";

/** One axis, shared by all values that have it; what it stands for is known once a recurrent layer has read it. */
export interface Axis {
  role: "batch" | "time" | "direction" | "features" | null;
  size: number | null;
  /** The axes that were folded into this one, outer first; [] for an axis as it was. */
  readonly folded: readonly Axis[];
}

/** A value that a link or an input of the graph gives. */
export interface Flow {
  readonly is: "flow";
  /** null for an input of the graph. */
  readonly link: Link | null;
  /** The graph's input, where there is no link. */
  readonly input: string;
  /** What it is of a recurrent link: the outputs of all steps, or the final state. */
  readonly output: "sequence" | "state";
  readonly axes: readonly Axis[];
  /** Which direction alone it has, of a link with two; null for all that there are. */
  readonly direction: number | null;
  /** Whether two directions lie one after the other in the features. */
  readonly merged: boolean;
  /** Whether its time runs backwards: it was turned round, and not back again. */
  readonly turned: "no" | "by lengths" | "whole";
  /** Whether it is one step of a loop. The loop's time is its first axis all the same. */
  readonly step: boolean;
}

/** What of a recurrent link goes on. */
export interface Form {
  readonly returnSequences: boolean;
  readonly mergeMode: MergeMode;
}

export interface Link {
  readonly name: string;
  /** The operators' types, joined by "+". */
  kind: string;
  /** null where it is not known what it reads. */
  readonly input: Flow | null;
  /** null where it is refused. */
  readonly make: ((form: Form) => readonly Layer[]) | null;
  refusal: string | null;
  parameters: number;
  bytes: number;
  /** 0 for a link that is not recurrent. */
  readonly directions: 0 | 1 | 2;
  readonly backwards: boolean;
  /** Whether its rows have lengths. */
  lengths: boolean;
  /** Whether a link behind it takes the last step of its sequence. */
  lastOnly: boolean;
  /** What other operators read of it. */
  readonly read: Set<Flow["output"]>;
  /** Whether they read its directions one after the other. */
  merged: boolean;
}

/** A new axis. */
export function axis(role: Axis["role"], size: number | null, folded: readonly Axis[] = []): Axis {
  return { role, size, folded };
}

/** A link that is not recurrent, unless told. */
export function link(given: Pick<Link, "name" | "kind" | "input" | "make"> & Partial<Link>): Link {
  return {
    refusal: null,
    parameters: 0,
    bytes: 0,
    directions: 0,
    backwards: false,
    lengths: false,
    lastOnly: false,
    read: new Set(),
    merged: false,
    ...given,
  };
}

const plain = { direction: null, merged: false, turned: "no", step: false } as const;

/** What a link gives, all of it. */
export function flowOf(from: Link, output: Flow["output"], axes: readonly Axis[]): Flow {
  return { is: "flow", link: from, input: "", output, axes, ...plain };
}

/** What comes into the graph. */
export function flowOfInput(input: string, axes: readonly Axis[]): Flow {
  return { is: "flow", link: null, input, output: "sequence", axes, ...plain };
}

/**
 * Says what an axis is.
 * @returns false: it is something else already
 */
export function bind(target: Axis, role: NonNullable<Axis["role"]>, size: number | null = null): boolean {
  if (target.folded.length > 0 || (target.role !== null && target.role !== role)) return false;
  if (size !== null && target.size !== null && size !== target.size) return false;
  target.role = role;
  target.size ??= size;
  return true;
}

/**
 * The flow's last step, its time axis gone. What lies between the recurrent layer and here works step by step, so that
 * layer may give its last step alone.
 *
 * @param index of the step taken: the last one, or the first, which is a backward layer's last
 * @returns a sentence where that is not possible
 */
export function lastStep(flow: Flow, time: Axis, index: "first" | "last"): Flow | string {
  let recurrent = flow.link;
  while (recurrent && recurrent.directions === 0) recurrent = recurrent.input?.link ?? null;
  if (flow.output !== "sequence" || !recurrent) return "takes one step of what no GRU made";
  if (recurrent.directions === 2) return "takes one step of two directions, of which one has its last output elsewhere";
  if (recurrent.backwards !== (index === "first")) return "takes a step that is not the last one a GRU makes";
  if (recurrent.lengths) return "takes the last step, which is padding in rows that are shorter; the state is Y_h";
  recurrent.lastOnly = true;
  return { ...flow, axes: flow.axes.filter((one) => one !== time) };
}

/** The links of a graph, in the order of computation. */
export class Chain {
  readonly links: Link[] = [];
  readonly #breaks: string[] = [];
  readonly #names = new Map<string, number>();
  /** How many numbers its layers may still have: as many as the file has, and some more where weights are shared. */
  #left: number;

  /** @param size bytes of the files */
  constructor(size: number) {
    this.#left = 0.6 * size + 2_000_000;
  }

  /** A link's name is unique: a second one of a name has "#2" behind it. */
  add(given: Parameters<typeof link>[0]): Link {
    const count = (this.#names.get(given.name) ?? 0) + 1;
    this.#names.set(given.name, count);
    if (given.make) this.#left -= given.parameters ?? 0;
    if (this.#left < 0) {
      throw new CongruentError("unsupported", `${given.name}: expected weights of its own, got those of many others`);
    }
    const added = link(count === 1 ? given : { ...given, name: `${given.name}#${count}` });
    this.links.push(added);
    return added;
  }

  /** An operator that is refused. */
  refuse(name: string, kind: string, refusal: string, parameters = 0, bytes = 0): Link {
    return this.add({ name, kind, input: null, make: null, refusal, parameters, bytes });
  }

  /** Two links that are one layer: the new one stands where the second was. */
  replace(first: Link, second: Link, given: Parameters<typeof link>[0]): Link {
    const joined = link(given);
    this.links.splice(this.links.indexOf(second), 1, joined);
    this.links.splice(this.links.indexOf(first), 1);
    return joined;
  }

  /** Says why the parts are not the whole model, though each may be sound. The first reason counts. */
  break(reason: string): void {
    this.#breaks.push(reason);
  }

  /**
   * @param output what the graph gives; null where that is not known
   */
  finish(output: Flow | null): Pick<ForeignModel, "parts" | "noChain"> {
    const path = this.#walk(output);
    const parts: Part[] = this.links.map((one) => {
      const onPath = path.get(one);
      const returnSequences = onPath
        ? onPath.output === "sequence" && !one.lastOnly
        : !one.read.has("state") || one.read.has("sequence");
      const merged = one.directions === 2 && (onPath ? onPath.merged : one.merged);
      return makePart(one, { returnSequences, mergeMode: merged ? "concat" : "none" });
    });
    const refused = parts.filter(({ layers }) => layers === null);
    const [first] = refused;
    const more = refused.length > 1 ? ` and ${refused.length - 1} more` : "";
    const reason = first ? `it has parts that are refused: ${first.name} (${first.kind})${more}` : this.#breaks[0];
    return { parts, noChain: reason ?? null };
  }

  /** From the output back to the input: each link on the way, with what goes on from it. */
  #walk(output: Flow | null): Map<Link, Flow> {
    const path = new Map<Link, Flow>();
    if (!output) this.break("what it gives is not made by the parts");
    if (output && output.turned !== "no") this.break("its output runs backwards");
    if (output?.axes.some(({ folded }) => folded.length > 0)) this.break("its output has batch and time in one axis");
    for (let flow = output; flow?.link; flow = flow.link.input) {
      const { link: one } = flow;
      if (flow.direction !== null) this.break(`one direction alone of ${one.name} is used`);
      if (one.directions === 2 && !flow.merged && flow !== output) {
        this.break(`the directions of ${one.name} are read in another way than one after the other`);
      }
      if (one.refusal === null && !one.input) this.break(`it is not known what ${one.name} reads`);
      path.set(one, flow);
    }
    const apart = this.links.find((one) => !path.has(one));
    if (apart) this.break(`${apart.name} (${apart.kind}) is not on the way from the input to the output`);
    return path;
  }
}

function makePart({ name, kind, make, refusal, parameters, bytes }: Link, form: Form): Part {
  const part = { name, kind, parameters, bytes };
  if (make === null || refusal !== null) return { ...part, layers: null, refusal };
  try {
    return { ...part, layers: make(form), refusal: null };
  } catch (error) {
    // What is no more than an option or a shape that a layer cannot have is the part's fault; a damaged file is not.
    if (!(error instanceof CongruentError) || error.code === "file") throw error;
    return { ...part, layers: null, refusal: error.message };
  }
}
