import { CongruentError, expected, show } from "../../errors.ts";
import { parseJson } from "../../format/json.ts";
import { isList, isShaped, readTensor, type Tensor } from "../../tensor.ts";
import type { ForeignFile, ForeignModel } from "../foreign.ts";
import { countNumbers, type NamedTensor } from "../named-tensor.ts";
import { readTensors, type TensorFileOptions } from "../tensors.ts";

/**
 * Parsed JSON takes far more memory than its text where it has many small lists, many keys or many short numbers: up to
 * 40 bytes for each of these. Weights as they are written have about 20 letters each.
 */
const limits = { lists: 250_000, keys: 20_000, numbers: 1_500_000, lettersOfMore: 10 };

/**
 * Weights in JSON: numbers in nested lists, flat, or as `{ data, shape }`, by name. An array inside other objects and
 * lists is named by the keys and places that lead to it, with dots between: `layers.0.weights.1`.
 *
 * Without a mapping it is read as a PyTorch state dict, which is what `json.dump({k: v.tolist() …})` makes.
 *
 * @throws CongruentError `file`: no JSON object; `option`, `weights` or `unsupported`
 */
export async function read(file: ForeignFile, options: TensorFileOptions = {}): Promise<ForeignModel> {
  const root = parse(file.bytes, file.name);
  return readTensors(new JsonTensors(root), options, { format: "json", framework: "json", version: null });
}

function parse(bytes: Uint8Array, where: string): Readonly<Record<string, unknown>> {
  checkSize(bytes, where);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CongruentError("file", `${where}: expected JSON in UTF-8, got other bytes`, { cause });
  }
  const value = parseJson(text, where);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw expected("file", where, "an object of arrays by name", show(value));
  }
  return value as Record<string, unknown>;
}

/** Brackets, colons and commas inside texts count too; nobody has so many. */
function checkSize(bytes: Uint8Array, where: string): void {
  let [lists, keys, numbers] = [0, 0, 0];
  for (const byte of bytes) {
    if (byte === 0x5b || byte === 0x7b) lists++;
    else if (byte === 0x3a) keys++;
    else if (byte === 0x2c) numbers++;
  }
  const most = limits.numbers + Math.floor(bytes.length / limits.lettersOfMore);
  if (lists > limits.lists || keys > limits.keys || numbers > most) {
    const wanted = `at most ${limits.lists} lists, ${limits.keys} keys and ${most} numbers`;
    throw expected("file", where, wanted, `${lists}, ${keys} and ${numbers}`);
  }
}

/** The arrays of a JSON object: those of the object itself are listed, those below it can be asked for. */
class JsonTensors extends Map<string, NamedTensor> {
  readonly #root: Readonly<Record<string, unknown>>;

  constructor(root: Readonly<Record<string, unknown>>) {
    super();
    this.#root = root;
    for (const [name, value] of Object.entries(root)) {
      const tensor = toNamed(value);
      if (tensor) this.set(name, tensor);
    }
  }

  override get(name: string): NamedTensor | undefined {
    return super.get(name) ?? toNamed(this.#follow(name));
  }

  /** `layers.0.weights`, key by key. */
  #follow(path: string): unknown {
    let value: unknown = this.#root;
    for (const key of path.split(".")) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
      value = (value as Record<string, unknown>)[key];
    }
    return value;
  }
}

/** What may be an array of numbers, by its first element; whether it is one is seen when it is read. */
function toNamed(value: unknown): NamedTensor | undefined {
  if (!isShaped(value) && !isList(value)) return undefined;
  let shape: readonly number[] = [];
  if (isShaped(value)) {
    shape = Array.from(value.shape, Number);
  } else {
    const sizes: number[] = [];
    let part: unknown = value;
    for (; isList(part); part = part[0]) sizes.push(part.length);
    if (typeof part !== "number") return undefined;
    shape = sizes;
  }
  const read = (where: string): Tensor => {
    return readTensor(value, "weights", where);
  };
  return { dtype: "json", shape, bytes: 4 * countNumbers(shape), read };
}
