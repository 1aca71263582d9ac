import { showShape } from "../../errors.ts";
import { countNumbers, type NamedTensor, type NamedTensors } from "../named-tensor.ts";

/** Tensors that belong to one module of PyTorch, as their names and shapes say. */
export interface Module {
  /** Its path in the model; empty for the model itself. */
  readonly prefix: string;
  /** What to call it: its path, `.` for the model itself; the first tensor's where a GRU has the path already. */
  readonly name: string;
  /** PyTorch's class, as far as it can be told. */
  readonly kind: string;
  /** Whether it is a GRU or a GRUCell, which can be converted as it stands. */
  readonly isGru: boolean;
  /** Why it is no GRU, for a recurrent module; null for the others. */
  readonly refusal: string | null;
  /** By full name. */
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

/** `prefix.weight_ih_l0_reverse`; without `_l0` it is a cell's. */
const recurrentName = /^(?:(.*)\.)?(?:weight|bias)_(?:ih|hh|hr)(_l\d+(?:_reverse)?)?$/s;

/** A state dict → its modules, in the order in which they first appear. */
export function listModules(tensors: NamedTensors): Module[] {
  const groups = new Map<
    string,
    { prefix: string; type: "rnn" | "cell" | "other"; tensors: Map<string, NamedTensor> }
  >();
  for (const [name, tensor] of tensors) {
    const match = recurrentName.exec(name);
    const prefix = match ? (match[1] ?? "") : name.slice(0, Math.max(name.lastIndexOf("."), 0));
    const type = match ? (match[2] === undefined ? "cell" : "rnn") : "other";
    const key = `${type} ${prefix}`;
    const group = groups.get(key) ?? { prefix, type, tensors: new Map<string, NamedTensor>() };
    groups.set(key, group);
    group.tensors.set(name, tensor);
  }
  return [...groups.values()].map(({ prefix, type, tensors }) => {
    const name = prefix || ".";
    if (type !== "other") return { prefix, name, tensors, ...recurrentKind(prefix, tensors, type === "cell") };
    const taken = groups.has(`rnn ${prefix}`) || groups.has(`cell ${prefix}`);
    const [first] = tensors.keys();
    const kind = otherKind(prefix, tensors);
    return { prefix, name: taken ? first : name, tensors, kind, isGru: false, refusal: null };
  });
}

/**
 * GRU, LSTM and RNN differ in how many blocks of H rows their weights have: 3, 4 and 1. A projection (`weight_hr`) is an
 * LSTM's.
 */
function recurrentKind(
  prefix: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  isCell: boolean,
): Pick<Module, "kind" | "isGru" | "refusal"> {
  const start = prefix === "" ? "" : `${prefix}.`;
  const suffix = isCell ? "Cell" : "";
  const name = `${start}weight_hh${isCell ? "" : "_l0"}`;
  const shape = tensors.get(name)?.shape;
  if ([...tensors.keys()].some((key) => /weight_hr(_|$)/.test(key.slice(start.length)))) {
    return { kind: `LSTM${suffix}`, isGru: false, refusal: "it is an LSTM with projections; only GRUs are read" };
  }
  if (shape === undefined || shape.length !== 2) {
    const given = shape === undefined ? "missing" : showShape(shape);
    return { kind: `RNN${suffix}?`, isGru: false, refusal: `${name} should be [3·units, units], but is ${given}` };
  }
  const [rows, units] = shape;
  if (rows === 3 * units) return { kind: `GRU${suffix}`, isGru: true, refusal: null };
  const found = `${name} is ${showShape(shape)}`;
  if (rows === 4 * units)
    return { kind: `LSTM${suffix}`, isGru: false, refusal: `it is an LSTM (${found}); only GRUs are read` };
  if (rows === units)
    return { kind: `RNN${suffix}`, isGru: false, refusal: `it is a plain RNN (${found}); only GRUs are read` };
  return { kind: `RNN${suffix}?`, isGru: false, refusal: `${found}, not [3·units, units] as a GRU's` };
}

/** A guess, for people; the shapes of some classes are the same. */
function otherKind(prefix: string, tensors: ReadonlyMap<string, NamedTensor>): string {
  const shape = (name: string) => tensors.get(prefix === "" ? name : `${prefix}.${name}`)?.shape;
  const weight = shape("weight");
  if (shape("running_mean")) return "BatchNorm";
  if (weight?.length === 1) return shape("bias") ? "LayerNorm" : "PReLU or RMSNorm";
  if (weight?.length === 2) return shape("bias") ? "Linear" : "Embedding or Linear";
  if (weight && weight.length <= 5 && weight.length > 2) return `Conv${weight.length - 2}d`;
  return "parameters";
}

/** Numbers and bytes of a module. */
export function measureModule({ tensors }: Module): { parameters: number; bytes: number } {
  let [parameters, bytes] = [0, 0];
  for (const tensor of tensors.values()) {
    parameters += countNumbers(tensor.shape);
    bytes += tensor.bytes;
  }
  return { parameters, bytes };
}
