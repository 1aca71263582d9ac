import { CongruentError, showShape } from "../../errors.ts";
import type { Layer } from "../../layers/layer.ts";
import { checkKeys, readOption } from "../../options.ts";
import type { ForeignModel, Part } from "../foreign.ts";
import type { NamedTensors } from "../named-tensor.ts";
import { type Head, type Link, resolveChain } from "./head.ts";
import { embeddingLayer, gruLayers, linearLayer } from "./layers.ts";
import { listModules, type Module, measureModule } from "./modules.ts";

/** How to read a state dict, which has tensors and their names, but no modules and no order. */
export interface StateDictOptions {
  /** The whole chain, or what stands around the only GRU. Default: every GRU is a part of its own. */
  readonly head?: readonly Head[] | undefined;
  /** Whether a GRU gives every step's output, as `torch.nn.GRU` does. In a chain it is the last GRU's. Default true. */
  readonly returnSequences?: boolean | undefined;
}

/**
 * The tensors of a state dict → parts: one for each GRU or GRUCell under its path (`.` for the model itself), and one for
 * whatever else there is, refused by name unless a head says what it is.
 *
 * @throws CongruentError `option`: a head that is not understood; `file`: damaged numbers
 */
export function readStateDict(
  tensors: NamedTensors,
  options: StateDictOptions,
  about: Pick<ForeignModel, "format" | "framework" | "version">,
): ForeignModel {
  checkKeys(options, ["head", "returnSequences"], about.format);
  const returnSequences = readOption(options.returnSequences, true, `${about.format}.returnSequences`);
  const modules = listModules(tensors);
  const model = { ...about, semantics: "pytorch" as const };
  if (options.head === undefined) {
    const parts = modules.map((module) => modulePart(module, returnSequences));
    return { ...model, parts, noChain: parts.length === 1 ? null : noOrder(parts) };
  }
  const links = resolveChain(options.head, modules);
  const last = links.map(({ kind }) => kind).lastIndexOf("gru");
  const used = links.map((link, i) =>
    part(link.module, partKind(link), () => linkLayers(link, i !== last || returnSequences)),
  );
  const left = modules
    .filter((module) => !links.some((link) => link.module === module))
    .map((module) => modulePart(module, true));
  const names = left.map(({ name }) => name).join(", ");
  return {
    ...model,
    parts: [...used, ...left],
    noChain: left.length === 0 ? null : `not in the chain that was asked for: ${names}`,
  };
}

/** @param parts more than one, or none */
function noOrder(parts: readonly Part[]): string {
  const grus = parts.filter(({ layers }) => layers !== null).map(({ name }) => name);
  const found = grus.length === 0 ? "no GRU" : `${grus.length} GRU${grus.length === 1 ? "" : "s"} (${grus.join(", ")})`;
  return `a state dict does not say how its ${parts.length} modules are connected; it has ${found}: pick one, or give the chain`;
}

function partKind({ kind, module }: Link): string {
  if (kind === "gru") return module.kind;
  return kind === "linear" ? "Linear" : "Embedding";
}

function linkLayers({ kind, module, activation }: Link, returnSequences: boolean): Layer[] {
  if (kind === "gru") return gruLayers(module, returnSequences);
  return [kind === "linear" ? linearLayer(module, activation) : embeddingLayer(module)];
}

function modulePart(module: Module, returnSequences: boolean): Part {
  if (module.isGru) return part(module, module.kind, () => gruLayers(module, returnSequences));
  const shapes = [...module.tensors].map(([name, { shape }]) => `${name} ${showShape(shape)}`);
  const found = `${shapes.slice(0, 4).join(", ")}${shapes.length > 4 ? " and others" : ""}`;
  const advice = /Linear|Embedding/.test(module.kind)
    ? `say what it is with a head: linear=${module.name} or embedding=${module.name}`
    : "no layer here takes them";
  return part(module, module.kind, () => {
    throw new CongruentError(
      "unsupported",
      module.refusal ?? `a state dict does not say what uses ${found}; ${advice}`,
    );
  });
}

/** What cannot be converted is a refused part; a damaged file is an error. */
function part(module: Module, kind: string, convert: () => Layer[]): Part {
  const about = { name: module.name, kind, ...measureModule(module) };
  try {
    return { ...about, layers: convert(), refusal: null };
  } catch (error) {
    if (!(error instanceof CongruentError) || (error.code !== "weights" && error.code !== "unsupported")) throw error;
    return { ...about, layers: null, refusal: error.message };
  }
}
