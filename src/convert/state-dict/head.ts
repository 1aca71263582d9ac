import { type ActivationOption, activationNames } from "../../activation.ts";
import { expected, show } from "../../errors.ts";
import type { Module } from "./modules.ts";

/**
 * One link of the chain that a state dict cannot tell: what its tensors are, and in which order they compute.
 * `{ kind: "linear", prefix: "fc" }` is `torch.nn.Linear` under `fc`; `{ kind: "sigmoid" }`, without a prefix, is an
 * activation behind the linear before it.
 */
export interface Head {
  readonly kind: string;
  readonly prefix?: string | undefined;
}

/** A module that a head names, and the activation behind it. */
export interface Link {
  readonly kind: "embedding" | "gru" | "linear";
  readonly module: Module;
  readonly activation: ActivationOption | "softmax";
}

const kinds = ["embedding", "gru", "linear"] as const;

/**
 * Heads → the chain. Where no `gru` is among them the file's only GRU stands behind the embedding, or first.
 *
 * @throws CongruentError `option`: a head is not understood, or names what is not there
 */
export function resolveChain(heads: readonly Head[], modules: readonly Module[]): Link[] {
  if (!Array.isArray(heads)) throw expected("option", "head", "a list of { kind, prefix }", show(heads));
  const links: Link[] = [];
  for (const [i, head] of heads.entries()) {
    const { kind, prefix }: Partial<Head> = typeof head === "object" && head !== null ? head : {};
    const where = `head[${i}]`;
    const known = kinds.find((name) => name === kind);
    if (known === undefined) {
      addActivation(links, kind, prefix, where);
      continue;
    }
    if (typeof prefix !== "string") throw expected("option", `${where}.prefix`, "a module's path", show(prefix));
    links.push({ kind: known, module: findModule(prefix, known, modules, where), activation: "linear" });
  }
  if (links.some(({ kind }) => kind === "gru")) return links;
  const grus = modules.filter(({ isGru }) => isGru);
  if (grus.length !== 1) {
    const names = grus.map(({ prefix }) => prefix || ".").join(", ") || "none";
    throw expected("option", "head", "a gru among the links where the file has not exactly one", names);
  }
  const embeddings = links.findIndex(({ kind }) => kind !== "embedding");
  links.splice(embeddings < 0 ? links.length : embeddings, 0, { kind: "gru", module: grus[0], activation: "linear" });
  return links;
}

function addActivation(links: Link[], kind: string | undefined, prefix: string | undefined, where: string): void {
  const last = links[links.length - 1];
  const names: readonly string[] = [...activationNames, "softmax"];
  if (kind === undefined || !names.includes(kind)) {
    throw expected("option", `${where}.kind`, `${kinds.join(", ")} or an activation`, show(kind));
  }
  if (prefix !== undefined) throw expected("option", `${where}.prefix`, `none for ${kind}`, show(prefix));
  if (last?.kind !== "linear" || last.activation !== "linear") {
    throw expected("option", where, "a linear before an activation", `${kind} behind ${last?.kind ?? "nothing"}`);
  }
  links[links.length - 1] = { ...last, activation: kind as ActivationOption };
}

function findModule(path: string, kind: Link["kind"], modules: readonly Module[], where: string): Module {
  const prefix = path === "." ? "" : path;
  const fits = (module: Module) => (kind === "gru" ? module.isGru : module.refusal === null && !module.isGru);
  const found = modules.find((module) => module.prefix === prefix && fits(module));
  if (found) return found;
  const names = modules.filter(fits).map((module) => module.prefix || ".");
  throw expected("option", `${where}.prefix`, `one of ${names.join(", ") || "none that there is"}`, show(path));
}
