import { expected } from "../../errors.ts";
import type { NamedTensor, NamedTensors } from "../named-tensor.ts";
import { PickleDict, PickleTuple, type PickleValue, showPickled } from "../pickle/values.ts";
import { TorchTensor, UnreadableTensor } from "./tensor.ts";

/** A checkpoint keeps its state dicts two or three levels down. */
const maxDepth = 8;
/** Of a key; the names of modules are far shorter. */
const maxKey = 1000;

/** The tensors that stand directly in one dict. */
interface Found {
  /** Keys that lead to the dict, each followed by a dot. */
  readonly path: string;
  readonly tensors: [name: string, tensor: NamedTensor][];
}

/**
 * A checkpoint → every tensor that may be a weight.
 *
 * A state dict is a dict of tensors by name. It may be the whole file, or stand beside others: `{"model": …, "optimizer":
 * …, "epoch": …}`. What an optimizer keeps (a dict with `state` and `param_groups`) is passed over. Where one dict alone
 * has recurrent weights, its tensors have their own names; those of every other dict begin with the keys that lead to it.
 *
 * @throws CongruentError `unsupported`: no tensor in it; `file`: two of one name
 */
export function findStateDicts(value: PickleValue, where: string): NamedTensors {
  const dicts: Found[] = [];
  search(value, "", 0, new Set(), dicts, where);
  const found = dicts.filter(({ tensors }) => tensors.length > 0);
  const recurrent = found.filter(({ tensors }) => tensors.some(([name]) => /(^|\.)weight_hh(_|$)/.test(name)));
  const all = new Map<string, NamedTensor>();
  for (const dict of found) {
    const prefix = found.length === 1 || (recurrent.length === 1 && recurrent[0] === dict) ? "" : dict.path;
    for (const [name, tensor] of dict.tensors) {
      if (all.has(prefix + name)) throw expected("file", where, "names that differ", `${prefix}${name} twice`);
      all.set(prefix + name, tensor);
    }
  }
  if (all.size === 0) throw expected("unsupported", where, "a dict of tensors by name", showPickled(value));
  return all;
}

function search(
  value: PickleValue,
  path: string,
  depth: number,
  seen: Set<PickleValue>,
  found: Found[],
  where: string,
): void {
  // One that holds itself was seen before.
  if (depth > maxDepth || seen.has(value)) return;
  const entries = listEntries(value);
  if (entries === null) return;
  seen.add(value);
  if (value instanceof PickleDict && value.has("state") && value.has("param_groups")) return;
  const here: Found = { path, tensors: [] };
  found.push(here);
  for (const [key, inner] of entries) {
    if (typeof key !== "string" && typeof key !== "number") continue;
    const name = String(key);
    if (name.length > maxKey) throw expected("file", where, `names of at most ${maxKey} letters`, `${name.length}`);
    if (inner instanceof TorchTensor || inner instanceof UnreadableTensor) here.tensors.push([name, inner]);
    else search(inner, `${path}${name}.`, depth + 1, seen, found, where);
  }
}

/** What a container holds by key or index; null for what is no container. */
function listEntries(value: PickleValue): Iterable<readonly [PickleValue, PickleValue]> | null {
  if (value instanceof PickleDict) return value;
  if (value instanceof PickleTuple) return value.items.entries();
  return Array.isArray(value) ? value.entries() : null;
}
