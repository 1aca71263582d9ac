import { CongruentError, show } from "../../errors.ts";
import { isJson, type Json, unsupported } from "./config.ts";

/** A layer as a configuration writes it. */
export interface SavedLayer {
  /** Keras's class. */
  readonly kind: string;
  readonly name: string;
  readonly config: Json;
  /** Which layers feed it; undefined in a sequential model. */
  readonly inbound: unknown;
}

/** The layers of a model, in the order of computation. */
export interface Topology {
  readonly layers: readonly SavedLayer[];
  /** In the order of the file, which is that of its weights. */
  readonly stored: readonly SavedLayer[];
  /** null where each layer takes the output of the one before it, and the last one's is the model's; else why not. */
  readonly noChain: string | null;
}

/** More than any model has; a functional model's graph is walked in time that grows with it. */
const mostLayers = 2000;

/**
 * A model configuration, as `model_config`, `config.json`, `modelTopology` or `model.to_json()` holds it → its layers.
 * @throws CongruentError `file`: no configuration; `unsupported`: not one of layers
 */
export function readTopology(model: Json, where: string): Topology {
  const { class_name: kind } = model;
  if (kind !== "Sequential" && kind !== "Functional" && kind !== "Model") {
    throw unsupported(where, `expected a Sequential or functional model, got ${show(kind)}`);
  }
  // Sequential models were a bare list before Keras 2.2.3.
  const config = Array.isArray(model.config) ? { layers: model.config } : model.config;
  if (!isJson(config) || !Array.isArray(config.layers)) {
    throw new CongruentError("file", `${where}: expected the configuration of a model, got ${show(model.config)}`);
  }
  if (config.layers.length > mostLayers) {
    throw unsupported(where, `expected at most ${mostLayers} layers, got ${config.layers.length}`);
  }
  const stored = config.layers.map((layer, i) => readLayer(layer, `${where}, layer ${i}`));
  if (kind === "Sequential") return { layers: stored, stored, noChain: null };
  return { stored, ...readGraph(stored, config) };
}

/** One `{ class_name, config }`. */
export function readLayer(layer: unknown, where: string): SavedLayer {
  if (!isJson(layer) || typeof layer.class_name !== "string" || !isJson(layer.config)) {
    if (isJson(layer) && typeof layer.class_name === "string" && Array.isArray(layer.config)) {
      // A Sequential inside another one, of the time when its configuration was a list.
      return { kind: layer.class_name, name: layer.class_name, config: { layers: layer.config }, inbound: undefined };
    }
    throw new CongruentError("file", `${where}: expected a layer, got ${show(layer)}`);
  }
  const name = layer.name ?? layer.config.name ?? layer.class_name;
  if (typeof name !== "string") throw new CongruentError("file", `${where}: expected a name, got ${show(name)}`);
  return { kind: layer.class_name, name, config: layer.config, inbound: layer.inbound_nodes };
}

/** One use of a layer: the outputs it takes, and those that it takes as a mask. */
interface Call {
  readonly inputs: readonly Source[];
  readonly mask: Source | null;
  /** What else it is given, as a sentence; null for nothing that counts. */
  readonly extra: string | null;
}

interface Source {
  readonly layer: string;
  readonly node: number;
  readonly tensor: number;
}

/** Operations by which Keras 3 writes down the mask of an Embedding or Masking. */
const maskOperations = ["NotEqual", "Any"];

/** A functional model's layers in the order in which they feed each other. */
function readGraph(stored: readonly SavedLayer[], config: Json): Pick<Topology, "layers" | "noChain"> {
  const calls = new Map(stored.map((layer) => [layer.name, readCalls(layer.inbound)]));
  const layers = stored.filter((layer) => !maskOperations.includes(layer.kind));
  const apart = (why: string) => ({ layers, noChain: why });
  if (calls.size !== stored.length) return apart("two layers have one name");
  const inputs = readEnds(config.input_layers);
  const outputs = readEnds(config.output_layers);
  if (inputs?.length !== 1) return apart(`the model has ${inputs?.length ?? "unknown"} inputs`);
  if (outputs?.length !== 1) return apart(`the model has ${outputs?.length ?? "unknown"} outputs`);
  const next = new Map<string, SavedLayer>();
  for (const layer of layers) {
    const used = calls.get(layer.name) ?? [];
    if (used.length === 0 && layer.name === inputs[0].layer) continue;
    if (used.length !== 1) return apart(`${layer.name} is used ${used.length} times`);
    const [{ inputs: sources, extra }] = used;
    if (extra !== null) return apart(`${layer.name} ${extra}`);
    if (sources.length !== 1) return apart(`${layer.name} takes ${sources.length} inputs`);
    const [{ layer: from, node, tensor }] = sources;
    if (node !== 0 || tensor !== 0) return apart(`${layer.name} takes output ${tensor} of ${from}`);
    if (next.has(from)) return apart(`${from} feeds both ${next.get(from)?.name} and ${layer.name}`);
    next.set(from, layer);
  }
  const first = layers.find((layer) => layer.name === inputs[0].layer);
  const chain: SavedLayer[] = [];
  for (let layer = first; layer && chain.length <= layers.length; layer = next.get(layer.name)) chain.push(layer);
  if (chain.length !== layers.length) return apart("its layers do not follow one another");
  const last = chain[chain.length - 1];
  if (outputs[0].layer !== last.name)
    return apart(`its output is that of ${outputs[0].layer}, and ${last.name} follows`);
  if (outputs[0].tensor !== 0) return apart(`its output is output ${outputs[0].tensor} of ${last.name}`);
  const wrong = chain.find(
    (layer, i) => !isOwnMask(calls.get(layer.name)?.[0]?.mask ?? null, chain.slice(0, i), stored),
  );
  return { layers: chain, noChain: wrong ? `${wrong.name} takes a mask that no layer before it makes` : null };
}

/** Whether a mask that a layer is given is the one that it would have anyway: that of the last layer that made one. */
function isOwnMask(mask: Source | null, before: readonly SavedLayer[], stored: readonly SavedLayer[]): boolean {
  if (mask === null) return true;
  const makers = before.filter(({ kind, config }) => kind === "Masking" || (kind === "Embedding" && config.mask_zero));
  const maker = makers.at(-1);
  const find = (source: Source | undefined) => stored.find((layer) => layer.name === source?.layer);
  let made = find(mask);
  if (!maker || !made) return false;
  if (maker.kind === "Masking") {
    if (made.kind !== "Any" || made.config.axis !== -1 || made.config.keepdims === true) return false;
    made = find(readCalls(made.inbound)[0]?.inputs[0]);
  }
  if (made?.kind !== "NotEqual") return false;
  const compared = maker.kind === "Masking" ? (maker.config.mask_value ?? 0) : 0;
  const from = readCalls(made.inbound)[0]?.inputs[0];
  const fed = readCalls(maker.inbound)[0]?.inputs[0];
  return from?.layer === fed?.layer && from?.tensor === fed?.tensor && constantOf(made.inbound) === compared;
}

/** The number that a NotEqual compares with. */
function constantOf(inbound: unknown): unknown {
  const call = Array.isArray(inbound) ? inbound[0] : undefined;
  return isJson(call) && Array.isArray(call.args) && call.args.length === 2 ? call.args[1] : undefined;
}

/** `inbound_nodes` in the words of Keras 3 (objects) or of those before it (lists of lists). */
function readCalls(inbound: unknown): readonly Call[] {
  if (!Array.isArray(inbound)) return [];
  return inbound.map((call): Call => {
    if (isJson(call)) {
      const inputs = (Array.isArray(call.args) ? call.args : []).filter(isTensor).map(readTensorSource);
      return { inputs, ...readKeywords(call.kwargs) };
    }
    if (!Array.isArray(call)) return { inputs: [], mask: null, extra: "is fed in a way that is not known here" };
    // [[layer, node, tensor, kwargs], ...], or one of them bare.
    const sources = typeof call[0] === "string" ? [call] : call;
    const keywords = sources.map((source) => readKeywords(Array.isArray(source) ? source[3] : undefined));
    return {
      inputs: sources.map((source) => readSource(source) ?? { layer: "", node: -1, tensor: -1 }),
      mask: keywords.find(({ mask }) => mask !== null)?.mask ?? null,
      extra: keywords.find(({ extra }) => extra !== null)?.extra ?? null,
    };
  });
}

/** Arguments by name: `training` does nothing when false, `mask` is looked at, anything else counts. */
function readKeywords(given: unknown): Pick<Call, "mask" | "extra"> {
  let mask: Source | null = null;
  if (!isJson(given)) return { mask, extra: null };
  for (const [key, value] of Object.entries(given)) {
    if (value === null || (key === "training" && value === false)) continue;
    const source = key === "mask" ? (isTensor(value) ? readTensorSource(value) : readSource(value)) : null;
    if (source === null) return { mask, extra: `is given ${key}` };
    mask = source;
  }
  return { mask, extra: null };
}

function isTensor(value: unknown): value is Json {
  return isJson(value) && value.class_name === "__keras_tensor__" && isJson(value.config);
}

function readTensorSource(value: Json): Source {
  return readSource((value.config as Json).keras_history) ?? { layer: "", node: -1, tensor: -1 };
}

/** `[layer, node, tensor]`, or null. */
function readSource(value: unknown): Source | null {
  if (!Array.isArray(value)) return null;
  const [layer, node, tensor] = value;
  return typeof layer === "string" && typeof node === "number" && typeof tensor === "number"
    ? { layer, node, tensor }
    : null;
}

/** `input_layers` and `output_layers`: a list of sources, or one of them bare. */
function readEnds(value: unknown): readonly Source[] | null {
  const bare = readSource(value);
  if (bare) return [bare];
  if (!Array.isArray(value)) return null;
  const ends = value.map(readSource);
  return ends.every((end) => end !== null) ? ends : null;
}
