import { CongruentError } from "../../errors.ts";
import { checkKeys } from "../../options.ts";
import type { Flow, Link } from "../chain.ts";
import { type ForeignFile, type ForeignModel, readBeside } from "../foreign.ts";
import { type Checkpoint, readCheckpoint } from "./checkpoint.ts";
import { Follower } from "./follow.ts";
import { Graph } from "./graph.ts";
import { matchCell } from "./match.ts";
import { type GraphDef, type NodeDef, readGraphFile, readMetaGraphFile, readSavedModel } from "./proto.ts";
import { readVariables } from "./variables.ts";

/** What {@link read} takes beside a file. */
export interface Tf1Options {
  /** The operator whose output is the model's, where a graph has several ends. */
  readonly output?: string | undefined;
}

/** A graph, the numbers of its variables, and what is asked of it. */
interface Source {
  readonly graph: GraphDef;
  readonly variables: Checkpoint;
  readonly version: string | null;
  /** null where the file does not say. */
  readonly outputs: readonly string[] | null;
  /** Bytes of all the files. */
  readonly size: number;
}

/**
 * What a model of TensorFlow 1 holds: a frozen graph (`.pb`), a SavedModel (`saved_model.pb`, with `variables/` beside
 * it), or a checkpoint (`.index` or `.meta`, with the rest of `.index`, `.data-…` and `.meta`
 * beside it; it may be without `.meta`, the graph).
 *
 * Cells are found by what they compute, whatever they are called; `dynamic_rnn` and `bidirectional_dynamic_rnn` by their
 * loops. A checkpoint without its graph gives the cells that its names tell, and no chain.
 *
 * @throws CongruentError `file`: damaged, or none of these; `unsupported`; `option`
 */
export async function read(file: ForeignFile, options: Tf1Options = {}): Promise<ForeignModel> {
  checkKeys(options, ["output"], "tf1");
  const source = await load(file);
  const common = { format: "tf1", framework: "tensorflow", semantics: "tf1" } as const;
  if (!("graph" in source)) return { ...common, version: null, ...readVariables(source) };
  const graph = new Graph(source.graph, source.variables.tensors, source.size);
  const follower = new Follower(graph, source.size);
  const output = readOutputs(follower, options.output === undefined ? source.outputs : [options.output], source.graph);
  // Cells that no output was followed to are parts all the same.
  for (const node of source.graph.nodes) if (matchCell(graph, node)) follower.value(node.name);
  if (source.variables.objects && follower.chain.links.every(({ refusal }) => refusal !== null)) {
    return { ...common, version: source.version, ...readVariables(source.variables) };
  }
  return { ...common, version: source.version, ...follower.chain.finish(output) };
}

const noVariables: Checkpoint = { tensors: new Map(), objects: false };

async function load(file: ForeignFile): Promise<Source | Checkpoint> {
  const { name, bytes } = file;
  if (name.endsWith(".index")) return loadCheckpoint(file);
  if (name.endsWith(".meta")) {
    const index = name.replace(/\.meta$/, ".index");
    const path = index.replace(/^.*[\\/]/, "");
    const beside = async (other: string) => (other.endsWith(".meta") ? bytes : readBeside(file, other, name));
    return loadCheckpoint({ name: index, bytes: await readBeside(file, path, name), beside });
  }
  if (/(^|[\\/])saved_model\.pb$/.test(name)) {
    const { graph, version, signatures } = readSavedModel(bytes, name);
    const hasVariables = graph.nodes.some(({ operator }) => /^(Variable|VariableV2|VarHandleOp)$/.test(operator));
    const index = hasVariables ? await readBeside(file, "variables/variables.index", name) : null;
    const variables = index ? await readCheckpoint(index, "variables/variables", file) : noVariables;
    const outputs = signatures.get("serving_default") ?? [...signatures.values()].find((tensors) => tensors.length > 0);
    return {
      graph,
      variables,
      version: version || null,
      outputs: outputs ?? null,
      size: bytes.length + bytesOf(variables),
    };
  }
  return {
    graph: readGraphFile(bytes, name),
    variables: noVariables,
    version: null,
    outputs: null,
    size: bytes.length,
  };
}

/** A checkpoint, with its graph if that is beside it. */
async function loadCheckpoint(file: ForeignFile): Promise<Source | Checkpoint> {
  const prefix = file.name.replace(/\.index$/, "").replace(/^.*[\\/]/, "");
  const variables = await readCheckpoint(file.bytes, prefix, file);
  const meta = await file.beside?.(`${prefix}.meta`).catch(() => null);
  if (!meta) return variables;
  const { graph, version } = readMetaGraphFile(meta, `${prefix}.meta`);
  return { graph, variables, version: version || null, outputs: null, size: meta.length + bytesOf(variables) };
}

function bytesOf({ tensors }: Checkpoint): number {
  let sum = 0;
  for (const { bytes } of tensors.values()) sum += bytes;
  return sum;
}

/** Operators at the end of a graph that are there for training, saving and checking. */
const service =
  /^(Const|NoOp|Placeholder|Assert|Assign.*|Save.*|Restore.*|Merge.*|Var.*|.*Summary.*|Apply.*|ResourceApply.*|IsVariableInitialized|Read.*|TensorArray(V3|Size.*|Close.*)|Exit|Variable.*)$/;

/**
 * Follows what is asked for, or every end of the graph. The longest way is the model; another end on it is a side output,
 * as dynamic_rnn's outputs are where the state goes on.
 */
function readOutputs(follower: Follower, asked: readonly string[] | null, { nodes }: GraphDef): Flow | null {
  const { graph } = follower;
  const ends = asked?.map((name) => name.replace(/:0$/, "")) ?? endsOf(graph, nodes);
  const flows = ends.map((name) => follower.flow(name)).filter((flow): flow is Flow => flow?.link != null);
  const states = asked
    ? []
    : nodes.filter((node) => node.operator === "Exit" && !graph.isRead(node) && isState(follower, node));
  if (states.length > 0 && flows.length === 0) return follower.flow(states.at(-1)?.name);
  const lengthOf = (flow: Flow): number => {
    let length = 0;
    for (let at: Link | null = flow.link; at; at = at.input?.link ?? null) length++;
    return length;
  };
  return flows.sort((a, b) => lengthOf(b) - lengthOf(a))[0] ?? null;
}

function endsOf(graph: Graph, nodes: readonly NodeDef[]): string[] {
  const ends = nodes.filter((node) => !service.test(node.operator) && !graph.isRead(node) && node.inputs.length > 0);
  if (ends.length > 1000) throw new CongruentError("unsupported", `the graph: expected few ends, got ${ends.length}`);
  return ends.map(({ name }) => name);
}

/** The final state of a cell, at the end of its loop. */
function isState(follower: Follower, node: NodeDef): boolean {
  const merge = follower.graph.node(follower.graph.node(node.inputs[0]).inputs[0]);
  const next = merge.operator === "Merge" ? follower.graph.node(merge.inputs[1]) : null;
  if (next?.operator !== "NextIteration") return false;
  const value = follower.graph.node(follower.graph.source(next.inputs[0]));
  const cell = ["Select", "SelectV2"].includes(value.operator) ? follower.graph.node(value.inputs[2]) : value;
  return matchCell(follower.graph, cell) !== null;
}
