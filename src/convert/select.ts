import { CongruentError, expected } from "../errors.ts";
import type { Layer } from "../layers/layer.ts";
import type { ForeignModel, Part } from "./foreign.ts";

/** Which parts of a file to take. */
export interface Selection {
  /** Names of layers, in the order of computation. Default: the whole model. */
  readonly layer?: string | readonly string[] | undefined;
  /** The same, for formats that call them nodes. */
  readonly node?: string | readonly string[] | undefined;
}

/**
 * The layers of a whole model, or of the parts that are named.
 *
 * @param where the file's name
 * @throws CongruentError `unsupported`: the whole cannot be converted, with what there is and what can be taken instead;
 *   `option`: there is no such part
 */
export function selectLayers(model: ForeignModel, { layer, node }: Selection, where: string): Layer[] {
  const names = [layer ?? [], node ?? []].flat();
  return names.length > 0 ? takeParts(model, names, where) : takeAll(model, where);
}

function takeParts({ parts }: ForeignModel, names: readonly string[], where: string): Layer[] {
  return names.flatMap((name) => {
    const found = parts.filter((part) => part.name === name);
    if (found.length === 0) throw expected("option", where, listParts(parts), JSON.stringify(name));
    if (found.length > 1) throw expected("unsupported", where, `one part ${name}`, `${found.length} of this name`);
    const { layers, refusal, kind } = found[0];
    if (layers === null) throw new CongruentError("unsupported", `${where}: ${name} (${kind}): ${refusal}`);
    return layers;
  });
}

function takeAll({ parts, noChain }: ForeignModel, where: string): Layer[] {
  const refused = parts.filter(({ layers }) => layers === null);
  const usable = parts.filter(({ layers }) => layers !== null && layers.length > 0);
  const reasons = refused.slice(0, shown).map(({ name, kind, refusal }) => `${name} (${kind}): ${refusal}`);
  if (refused.length > shown) reasons.push(`and ${refused.length - shown} more`);
  if (noChain !== null) reasons.push(noChain);
  if (parts.length === 0) reasons.push("it holds no layers");
  if (reasons.length === 0) return parts.flatMap(({ layers }) => layers ?? []);
  const instead =
    usable.length > 0 ? `what can be taken by itself (layer or node): ${listParts(usable)}` : "no part can be taken";
  throw new CongruentError(
    "unsupported",
    `${where}: expected a model that is a chain of layers, got ${reasons.join("; ")}; ${instead}`,
  );
}

const shown = 8;

function listParts(parts: readonly Part[]): string {
  const names = parts.slice(0, 4 * shown).map(({ name, kind }) => `${name} (${kind})`);
  return names.join(", ") + (parts.length > names.length ? ` and ${parts.length - names.length} more` : "");
}
