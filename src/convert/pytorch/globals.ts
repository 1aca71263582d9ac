/**
 * All that a checkpoint's pickle may name, and what it makes here.
 *
 * Source: torch/_weights_only_unpickler.py (`_get_allowed_globals`), torch/_utils.py (`_rebuild_…`), torch/serialization.py
 * (`persistent_load`), PyTorch 2.13.
 */
import { expected, showShape } from "../../errors.ts";
import { countNumbers } from "../named-tensor.ts";
import type { PickleRules } from "../pickle/machine.ts";
import {
  Foreign,
  type GlobalRule,
  PickleDict,
  PickleGlobal,
  PickleTuple,
  type PickleValue,
  showPickled,
} from "../pickle/values.ts";
import { type TorchFile, TorchStorage, TorchTensor, type TorchType, torchTypes, UnreadableTensor } from "./tensor.ts";

/** Of a tensor. */
const maxAxes = 32;

/** `torch.FloatStorage` and the like, by the name of their numbers. */
const storages: Readonly<Record<string, string>> = {
  HalfStorage: "float16",
  BFloat16Storage: "bfloat16",
  FloatStorage: "float32",
  DoubleStorage: "float64",
  CharStorage: "int8",
  ByteStorage: "uint8",
  ShortStorage: "int16",
  IntStorage: "int32",
  LongStorage: "int64",
  BoolStorage: "bool",
  ComplexFloatStorage: "complex64",
  ComplexDoubleStorage: "complex128",
  QInt8Storage: "qint8",
  QUInt8Storage: "quint8",
  QInt32Storage: "qint32",
  UntypedStorage: "uint8",
};

/** Something that is no weight: a device, a NumPy scalar. It is passed over. */
class Bystander extends Foreign {
  constructor(override readonly what: string) {
    super();
  }
}

const passOver = (what: string): GlobalRule => ({ call: () => new Bystander(what) });

const globals: Readonly<Record<string, GlobalRule>> = {
  "collections.OrderedDict": { call: makeDict },
  "torch.Size": { call: ([sizes]) => sizes ?? new PickleTuple([]) },
  "torch._utils._rebuild_tensor": { call: (args, where) => rebuild(args, null, where) },
  "torch._utils._rebuild_tensor_v2": { call: (args, where) => rebuild(args, null, where) },
  "torch._utils._rebuild_tensor_v3": { call: (args, where) => rebuild(args, args[6], where) },
  "torch._utils._rebuild_qtensor": { call: (args, where) => rebuild(args.slice(0, 4), null, where) },
  "torch._utils._rebuild_parameter": { call: rebuildParameter },
  "torch._utils._rebuild_parameter_with_state": { call: rebuildParameter },
  "torch._utils._rebuild_sparse_tensor": { call: () => new UnreadableTensor("a sparse tensor") },
  "torch._utils._rebuild_meta_tensor_no_storage": { call: () => new UnreadableTensor("a tensor on the meta device") },
  "torch.serialization._get_layout": passOver("a layout"),
  "torch.device": passOver("a device"),
  "torch.per_tensor_affine": {},
  "torch.per_channel_affine": {},
  "torch.Tensor": {},
  "torch.nn.parameter.Parameter": {},
  "_codecs.encode": passOver("bytes"),
  "__builtin__.set": passOver("a set"),
  "builtins.set": passOver("a set"),
  "numpy.dtype": passOver("a NumPy dtype"),
  "numpy.core.multiarray.scalar": passOver("a NumPy scalar"),
  "numpy._core.multiarray.scalar": passOver("a NumPy scalar"),
  ...Object.fromEntries(Object.keys(storages).map((name) => [`torch.${name}`, {}])),
  "torch.storage.UntypedStorage": {},
  ...Object.fromEntries(Object.keys(torchTypes).map((name) => [`torch.${name}`, {}])),
};

/** @param file where storages are read from */
export function checkpointRules(file: TorchFile, storageBytes: (key: string, where: string) => number): PickleRules {
  const known = new Map<string, TorchStorage>();
  return {
    globals,
    advice: "save the numbers alone, with torch.save(model.state_dict(), path) or safetensors",
    build: (target) => target instanceof PickleDict || target instanceof Bystander,
    persistent(id, where) {
      const [tag, type, key, , length] = id instanceof PickleTuple ? id.items : [];
      if (tag !== "storage" || typeof key !== "string" || !isSize(length)) {
        throw expected("file", where, "a storage, its type, key, device and length", showPickled(id));
      }
      const storage = new TorchStorage(file, key, storageType(type, where), length);
      const before = known.get(key);
      if (before && (before.type !== storage.type || before.length !== length)) {
        throw expected("file", where, `storage ${key} as before, ${before.length} of ${before.type.what}`, `${length}`);
      }
      const bytes = storageBytes(key, where);
      if (bytes !== length * storage.type.size) {
        throw expected("file", where, `${length * storage.type.size} bytes in storage ${key}`, String(bytes));
      }
      known.set(key, before ?? storage);
      return before ?? storage;
    },
  };
}

function storageType(type: PickleValue | undefined, where: string): TorchType {
  const name = type instanceof PickleGlobal ? type.path.replace(/^torch\.(storage\.)?/, "") : "";
  if (!Object.hasOwn(storages, name)) throw expected("file", where, "a type of storage", showPickled(type));
  return torchTypes[storages[name]];
}

/** `OrderedDict()`, or of a list of pairs. */
function makeDict([pairs]: readonly PickleValue[], where: string): PickleDict {
  const dict = new PickleDict();
  if (pairs === undefined) return dict;
  if (!Array.isArray(pairs)) throw expected("file", where, "a list of pairs", showPickled(pairs));
  for (const pair of pairs) {
    const items = pair instanceof PickleTuple ? pair.items : pair;
    if (!Array.isArray(items) || items.length !== 2) throw expected("file", where, "a pair", showPickled(pair));
    dict.set(items[0], items[1]);
  }
  return dict;
}

/** A parameter is its tensor. */
function rebuildParameter([tensor]: readonly PickleValue[], where: string): PickleValue {
  if (tensor instanceof TorchTensor || tensor instanceof UnreadableTensor) return tensor;
  throw expected("file", where, "a parameter's tensor", showPickled(tensor));
}

/** @param args storage, storage offset, size, stride, requires_grad, backward hooks, metadata (v2) or dtype (v3) */
function rebuild(args: readonly PickleValue[], given: PickleValue | undefined, where: string): TorchTensor {
  const [storage, offset, size, stride] = args;
  if (!(storage instanceof TorchStorage)) throw expected("file", where, "a tensor's storage", showPickled(storage));
  const shape = readSizes(size, where);
  const strides = readSizes(stride, where);
  if (!isSize(offset) || shape.length !== strides.length || shape.length > maxAxes) {
    const axes = `[${strides.join(", ")}]`;
    throw expected("file", where, "an offset, and a stride for each axis", `${showShape(shape)} and ${axes}`);
  }
  refuseLazyBits(args[given === null ? 6 : 7], where);
  const type = given === null ? storage.type : givenType(given, where);
  // A storage of untyped bytes is counted in bytes.
  const length = Math.floor((storage.length * storage.type.size) / type.size);
  const last = shape.reduce((end, axis, i) => end + (axis - 1) * strides[i], offset);
  const count = countNumbers(shape);
  if (!Number.isSafeInteger(count) || (count > 0 && last >= length)) {
    throw expected("file", where, `numbers inside storage ${storage.key} (${length})`, `one at ${last}`);
  }
  return new TorchTensor(storage, type, offset, shape, strides);
}

function givenType(value: PickleValue | undefined, where: string): TorchType {
  const name = value instanceof PickleGlobal ? value.path.replace(/^torch\./, "") : "";
  if (!Object.hasOwn(torchTypes, name)) throw expected("file", where, "a dtype", showPickled(value));
  return torchTypes[name];
}

/** A conjugated or negated view has other numbers than its storage. */
function refuseLazyBits(metadata: PickleValue | undefined, where: string): void {
  if (metadata === undefined || metadata === null) return;
  const [first] =
    metadata instanceof PickleDict ? ([...metadata].find(([, value]) => value !== false) ?? [null]) : [metadata];
  if (first !== null)
    throw expected("unsupported", where, "a tensor as it is stored", `one with ${showPickled(first)}`);
}

function readSizes(value: PickleValue | undefined, where: string): readonly number[] {
  const items: readonly PickleValue[] = value instanceof PickleTuple ? value.items : [null];
  if (!items.every(isSize)) throw expected("file", where, "a tuple of sizes", showPickled(value));
  return items;
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
