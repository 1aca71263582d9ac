import { expected, show } from "../../errors.ts";
import { checkKeys } from "../../options.ts";
import { type Preset, presets } from "../../sequence/semantics.ts";

/** In which framework's order and shapes an array's numbers lie. */
export type MappingLayout = "keras" | "pytorch" | "onnx" | "tf1";

/** The whole numbers that an array may be said to hold. */
export type MappingDtype = "int8" | "uint8" | "int16" | "uint16" | "int32";

/** An array of the file: its name, or its name and how to take it. */
export type WeightReference =
  | string
  | {
      readonly name: string;
      /** What its numbers are multiplied with. Default the mapping's, else 1. */
      readonly scale?: number | undefined;
      /** What its numbers must be. Default the mapping's, else anything. */
      readonly dtype?: MappingDtype | undefined;
      /** For a flat array. */
      readonly shape?: readonly number[] | undefined;
      /** Whether a matrix lies the other way round. Default false. */
      readonly transpose?: boolean | undefined;
    };

/** Weights by the names that the layout has for them, and the layer's options. */
export interface MappedWeights {
  readonly weights?: Readonly<Record<string, WeightReference>> | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
}

/** One layer; see docs/mapping.md. */
export interface MappedLayer extends MappedWeights {
  readonly kind: "embedding" | "masking" | "gru" | "bidirectional" | "dense" | "dropout";
  /** Default the kind and its place. */
  readonly name?: string | undefined;
  /** Default the mapping's. */
  readonly layout?: MappingLayout | undefined;
  /** Of ONNX's GRU node: `linear_before_reset` and the like. */
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** Of a bidirectional layer. */
  readonly forward?: MappedWeights | undefined;
  readonly backward?: MappedWeights | undefined;
}

/** Which arrays of a file are which weights of which layers. */
export interface Mapping {
  readonly layers: readonly MappedLayer[];
  /** Default: of the first recurrent layer's layout. */
  readonly semantics?: Preset | undefined;
  readonly layout?: MappingLayout | undefined;
  readonly scale?: number | undefined;
  readonly dtype?: MappingDtype | undefined;
  /** Whether the layers, one after the other, are the model. Default true. */
  readonly chain?: boolean | undefined;
}

export const kinds = ["embedding", "masking", "gru", "bidirectional", "dense", "dropout"] as const;
export const layouts = ["keras", "pytorch", "onnx", "tf1"] as const;
export const dtypes = ["int8", "uint8", "int16", "uint16", "int32"] as const;

/**
 * Checks all of a mapping but its references.
 *
 * @param value as JSON has it
 * @throws CongruentError `option`
 */
export function checkMapping(value: unknown): Mapping {
  checkKeys(value, ["layers", "semantics", "layout", "scale", "dtype", "chain"], "mapping");
  const mapping = value as Partial<Record<keyof Mapping, unknown>>;
  const { layers, semantics, layout, scale, dtype, chain } = mapping;
  checkOneOf(semantics, Object.keys(presets), "mapping.semantics");
  checkOneOf(layout, layouts, "mapping.layout");
  checkOneOf(dtype, dtypes, "mapping.dtype");
  checkScale(scale, "mapping.scale");
  if (chain !== undefined && typeof chain !== "boolean") {
    throw expected("option", "mapping.chain", "true or false", show(chain));
  }
  if (!Array.isArray(layers) || layers.length === 0) {
    throw expected("option", "mapping.layers", "a list of at least one layer", show(layers));
  }
  const names = new Set<string>();
  for (const [i, layer] of layers.entries()) checkLayer(layer, `mapping.layers[${i}]`, names);
  return value as Mapping;
}

const layerKeys = ["kind", "name", "layout", "weights", "options", "attributes", "forward", "backward"];

function checkLayer(layer: MappedLayer, where: string, names: Set<string>): void {
  checkKeys(layer, layerKeys, where);
  const { kind, name, layout, weights, options, attributes, forward, backward } = layer;
  checkOneOf(kind ?? null, kinds, `${where}.kind`);
  checkOneOf(layout, layouts, `${where}.layout`);
  if (name !== undefined && (typeof name !== "string" || name === "" || names.has(name))) {
    throw expected("option", `${where}.name`, "a text that no other layer has", show(name));
  }
  names.add(name ?? "");
  for (const [key, part] of Object.entries({ weights, options, attributes, forward, backward })) {
    if (part !== undefined && (typeof part !== "object" || part === null || Array.isArray(part))) {
      throw expected("option", `${where}.${key}`, "an object", show(part));
    }
  }
  for (const [key, side] of Object.entries({ forward, backward })) {
    if ((kind === "bidirectional") !== (side !== undefined)) {
      throw expected("option", `${where}.${key}`, kind === "bidirectional" ? "an object" : "none", show(side));
    }
    if (side) checkKeys(side, ["weights", "options"], `${where}.${key}`);
  }
}

export function checkOneOf(value: unknown, allowed: readonly string[], where: string): void {
  if (value === undefined || (typeof value === "string" && allowed.includes(value))) return;
  throw expected("option", where, `one of ${allowed.join(", ")}`, show(value));
}

export function checkScale(value: unknown, where: string): void {
  if (value === undefined || (typeof value === "number" && Number.isFinite(value) && value !== 0)) return;
  throw expected("option", where, "a number other than 0", show(value));
}
