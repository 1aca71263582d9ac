import { expected, show } from "../errors.ts";
import { computationOf } from "./computation.ts";
import { type BidirectionalLayer, directionsOf, type EmbeddingLayer, type GruLayer, type Layer } from "./layer.ts";

/** A list of layers that fit together, and what follows from them. */
export interface Stack {
  /** Frozen, with their final names. */
  readonly layers: readonly Layer[];
  /** What each layer gives. */
  readonly shapes: readonly LayerShape[];
  /** The GRU directions in layer order, forward before backward. */
  readonly slots: readonly GruLayer[];
  /** I, or 0 when the model takes token ids. */
  readonly inputs: number;
  /** V when the model takes token ids, else 0. */
  readonly vocabulary: number;
  /** What the last layer gives. */
  readonly output: LayerShape;
  /** The first layer that needs the whole sequence before it can give anything, so that there are no streams. */
  readonly late: string | undefined;
}

/** The output of a layer. */
export interface LayerShape {
  /** F */
  readonly features: number;
  /** Features of a second output, that of the backward direction (merge mode none), else 0. */
  readonly backwardFeatures: number;
  /** (B, T, F) or (B, F) */
  readonly sequence: boolean;
  /** T where it is not that of the input. */
  readonly steps?: number | undefined;
}

/**
 * Checks that each layer can take what the one before it gives, and names the layers that have no name as Keras does:
 * gru, gru_1, gru_2.
 *
 * @throws CongruentError `model`, naming the layers that do not fit
 */
export function buildStack(given: readonly Layer[]): Stack {
  if (!Array.isArray(given)) throw expected("model", "layers", "an array", show(given));
  // Copied, so that holes are seen.
  const layers = nameLayers([...given]);
  const shapes: LayerShape[] = [];
  let inputs = 0;
  /** features is 0 while no layer has said how many there are. */
  let shape: LayerShape = { features: 0, backwardFeatures: 0, sequence: true };
  let previous = "the input";
  let late: string | undefined;
  for (const layer of layers) {
    const { kind, name } = layer;
    const [forward, backward = forward] = directionsOf(layer);
    const computation = computationOf(layer);
    if (shape.backwardFeatures) {
      throw expected("model", previous, "to be the last layer (mergeMode: none)", `${name} after it`);
    }
    if (kind === "embedding" && shapes.length) {
      throw expected("model", name, "to be the first layer", `${previous} before it`);
    }
    if (!shape.sequence && (forward || kind === "masking")) {
      throw expected("model", name, `a sequence (returnSequences: true) from ${previous}`, "its last output");
    }
    const {
      inputs: wanted = 0,
      features = shape.features || wanted,
      units = features,
      returnSequences = shape.sequence,
    } = (forward ?? layer) as Said;
    if (wanted && shape.features && wanted !== shape.features) {
      throw expected("model", name, `${wanted} features`, `${shape.features} from ${previous}`);
    }
    if (!shape.features) inputs = wanted;
    const { mergeMode } = layer as Partial<BidirectionalLayer>;
    shape = {
      ...shape,
      features: mergeMode === "concat" ? units + backward.units : units,
      backwardFeatures: mergeMode === "none" ? backward.units : 0,
      sequence: returnSequences,
    };
    if (computation) shape = computation.shape(layer, shape, previous);
    shapes.push(shape);
    if (computation ? !computation.step : backward?.goBackwards) late ??= name;
    previous = name;
  }
  if (!shape.features) throw expected("model", "layers", "one that knows its features", "none");
  const { vocabulary = 0 } = layers[0] as Partial<EmbeddingLayer>;
  return { layers, shapes, slots: layers.flatMap(directionsOf), inputs, vocabulary, output: shape, late };
}

/** What layers say of what they take and give, those that say anything. */
type Said = Partial<Pick<GruLayer, "inputs" | "units" | "returnSequences"> & Pick<EmbeddingLayer, "features">>;

function nameLayers(given: readonly Layer[]): readonly Layer[] {
  const names = given.map((layer, i) => {
    if (computationOf(layer) === undefined) {
      throw expected("model", `layers[${i}]`, "a layer of congruent", show(layer));
    }
    return layer.name;
  });
  return Object.freeze(
    given.map((layer, at) => {
      const { kind } = layer;
      let name: string = layer.name || kind;
      if (layer.name && names.indexOf(name) < at) throw expected("model", name, "one layer of this name", "two");
      for (let i = 1; !layer.name && names.includes(name); i++) name = `${kind}_${i}`;
      names[at] = name;
      return rename(layer, name);
    }),
  );
}

/** The layer with its final name; layers inside that have none are named after it. */
function rename<L extends Layer>(layer: L, name: string): L {
  const named = { ...layer, name: layer.name || name } as Record<string, unknown>;
  for (const key of ["forward", "backward"]) named[key] &&= rename(named[key] as Layer, `${name}.${key}`);
  return Object.freeze(named) as L;
}
