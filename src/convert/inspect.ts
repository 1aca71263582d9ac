import type { Activation } from "../activation.ts";
import {
  directionsOf,
  type GruLayer,
  type Layer,
  type QuantizationError,
  type QuantizedMatrix,
} from "../layers/layer.ts";
import type { ForeignFile, ForeignModel, Part } from "./foreign.ts";
import { type LoadOptions, readForeign } from "./load.ts";

/** What a file holds, in words and numbers for a table. */
export interface Inspection {
  readonly format: string;
  readonly framework: string;
  readonly version: string | null;
  readonly semantics: string;
  readonly parts: readonly InspectedPart[];
  readonly parameters: number;
  readonly bytes: number;
  /** null where the parts, one after the other, are the whole model and each is supported; else why they are not. */
  readonly noChain: string | null;
}

/** One layer or operator. */
export interface InspectedPart {
  readonly name: string;
  readonly kind: string;
  /** `8 → 16`, where it is known; empty for a layer that has no sizes of its own. */
  readonly shape: string;
  /** `before` or `after`, for a GRU: whether r multiplies the state or the product. */
  readonly reset: string;
  /** Of a GRU, that of the gates and that of the candidate. */
  readonly activations: string;
  /** What else is set. */
  readonly options: string;
  readonly parameters: number;
  readonly bytes: number;
  /** What the numbers are in the file; empty where its loader does not say. */
  readonly dtype: string;
  /** How far int8 weights are off, by matrix: `kernel`, `forward.recurrentKernel`. */
  readonly errors: Readonly<Record<string, QuantizationError>>;
  /** null where it is supported. */
  readonly refusal: string | null;
}

/**
 * Looks into a file without converting it.
 *
 * @throws CongruentError as {@link readForeign} does
 */
export async function inspect(file: ForeignFile, options: LoadOptions = {}): Promise<Inspection> {
  return describeModel(await readForeign(file, options));
}

/** A model that has been read, for a table. */
export function describeModel({ format, framework, version, semantics, parts, noChain }: ForeignModel): Inspection {
  const refused = parts.filter(({ layers }) => layers === null).length;
  return {
    format,
    framework,
    version,
    semantics,
    parts: parts.map(describePart),
    parameters: parts.reduce((sum, part) => sum + part.parameters, 0),
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    noChain: noChain ?? (refused > 0 ? `${refused} of ${parts.length} parts are not supported` : null),
  };
}

function describePart({ name, kind, layers, parameters, bytes, dtype = "", refusal }: Part): InspectedPart {
  const given = layers ?? [];
  const grus = given.flatMap(directionsOf);
  const words = (write: (layer: Layer) => string) => [...new Set(given.map(write))].filter(Boolean).join(", ");
  return {
    name,
    kind,
    shape: words(shapeOf),
    reset: [...new Set(grus.map(({ resetAfter }) => (resetAfter ? "after" : "before")))].join(", "),
    activations: words(activationsOf),
    options: words(optionsOf),
    parameters,
    bytes,
    dtype,
    errors: Object.assign({}, ...given.map(errorsOf)),
    refusal,
  };
}

function errorsOf(layer: Layer): Record<string, QuantizationError> {
  const errors: Record<string, QuantizationError> = {};
  const add = (name: string, matrix: QuantizedMatrix | undefined) => {
    if (matrix?.error) errors[name] = matrix.error;
  };
  if (layer.kind === "embedding") add("weights", layer.int8);
  for (const [d, { int8 }] of directionsOf(layer).entries()) {
    const place = layer.kind === "bidirectional" ? `${["forward", "backward"][d]}.` : "";
    add(`${place}kernel`, int8?.kernel);
    add(`${place}recurrentKernel`, int8?.recurrentKernel);
  }
  return errors;
}

function shapeOf(layer: Layer): string {
  const [forward] = directionsOf(layer);
  if (forward) return `${forward.inputs} → ${layer.kind === "bidirectional" ? "2 × " : ""}${forward.units}`;
  if (layer.kind === "embedding") return `${layer.vocabulary} ids → ${layer.features}`;
  if (layer.kind === "dense") return `${layer.inputs} → ${layer.units}`;
  return layer.kind === "batchNormalization" || layer.kind === "layerNormalization" ? `${layer.inputs}` : "";
}

function activationsOf(layer: Layer): string {
  const [forward] = directionsOf(layer);
  if (forward) return `${describeActivation(forward.recurrentActivation)}, ${describeActivation(forward.activation)}`;
  if (layer.kind !== "dense" && layer.kind !== "activation") return "";
  return layer.activation === "softmax" ? "softmax" : describeActivation(layer.activation);
}

function describeActivation({ name, alpha, beta }: Activation): string {
  return name + (alpha || beta ? `(${round(alpha)}, ${round(beta)})` : "");
}

const round = (value: number): string => String(Number(value.toPrecision(4)));

const flags = ["returnSequences", "goBackwards", "stateful", "zeroOutputForMask"] as const satisfies (keyof GruLayer)[];

function optionsOf(layer: Layer): string {
  const [forward] = directionsOf(layer);
  const set: string[] = forward ? flags.filter((flag) => forward[flag]) : [];
  if (forward && forward.clip < Number.POSITIVE_INFINITY) set.push(`clip ${round(forward.clip)}`);
  if (layer.kind === "bidirectional") set.push(`merge ${layer.mergeMode}`);
  if (layer.kind === "embedding" && layer.maskZero) set.push("maskZero");
  if (layer.kind === "masking") set.push(`maskValue ${round(layer.maskValue)}`);
  if (layer.kind === "repeatVector") set.push(`n ${layer.n}`);
  return set.join(", ");
}
