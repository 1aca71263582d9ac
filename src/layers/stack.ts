import { expected, show } from "../errors.ts";
import { computationOf } from "./computation.ts";
import { directionsOf, type GruLayer, type Layer } from "./layer.ts";

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
  if (!Array.isArray(given) || given.length === 0) {
    throw expected("model", "layers", "an array of at least one layer", show(given));
  }
  const layers = nameLayers(given);
  const shapes: LayerShape[] = [];
  const slots: GruLayer[] = [];
  let inputs = 0;
  /** features is 0 while no layer has said how many there are. */
  let shape: LayerShape = { features: 0, backwardFeatures: 0, sequence: true };
  let previous = "the input";
  let late: string | undefined;
  for (const layer of layers) {
    const { kind, name } = layer;
    const directions = directionsOf(layer);
    const [forward, backward] = directions;
    const computation = computationOf(layer);
    let { features, backwardFeatures, sequence, steps } = shape;
    if (backwardFeatures) throw expected("model", previous, "to be last, with merge mode none", `${name} after it`);
    if (!sequence && (forward || kind === "masking")) {
      throw expected("model", name, `a sequence (returnSequences: true) from ${previous}`, "its last output only");
    }
    const { inputs: wanted } = forward ?? (layer as { readonly inputs?: number });
    if (wanted && features && wanted !== features) {
      const why = computation ? "weights have" : "kernel has rows";
      throw expected("model", name, `${wanted} features, as its ${why},`, `${features} from ${previous}`);
    }
    if (wanted && !features) inputs = features = wanted;
    if (kind === "embedding") {
      if (layers[0] !== layer) throw expected("model", name, "to be the first layer", `${previous} before it`);
      features = layer.features;
    } else if (forward) {
      slots.push(...directions);
      features = forward.units;
      sequence = forward.returnSequences;
      if (kind === "bidirectional" && layer.mergeMode === "concat") features += backward.units;
      if (kind === "bidirectional" && layer.mergeMode === "none") backwardFeatures = backward.units;
    } else if (kind === "dense") {
      features = layer.units;
    }
    shape = { features, backwardFeatures, sequence, steps };
    if (computation) shape = computation.shape(layer, shape, previous);
    shapes.push(Object.freeze(shape));
    late ??= computation && !computation.step ? name : directions.find(({ goBackwards }) => goBackwards)?.name;
    previous = name;
  }
  if (!shape.features) throw expected("model", "layers", "one that knows its features (embedding, gru, dense)", "none");
  const first = layers[0];
  const vocabulary = first.kind === "embedding" ? first.vocabulary : 0;
  return { layers, shapes, slots, inputs, vocabulary, output: shape, late };
}

const kinds: readonly unknown[] = ["embedding", "masking", "gru", "bidirectional", "dense", "dropout"];

function nameLayers(given: readonly Layer[]): readonly Layer[] {
  const taken = new Set<string>();
  for (const [i, layer] of given.entries()) {
    if (!kinds.includes((layer as Partial<Layer> | null)?.kind) && !(layer && computationOf(layer))) {
      throw expected("model", `layers[${i}]`, "a layer made by this library", show(layer));
    }
    if (layer.name && taken.has(layer.name)) {
      throw expected("model", layer.name, "names that differ", "two of this one");
    }
    taken.add(layer.name);
  }
  return Object.freeze(
    given.map((layer) => {
      let name: string = layer.name || layer.kind;
      for (let i = 1; !layer.name && taken.has(name); i++) name = `${layer.kind}_${i}`;
      taken.add(name);
      if (layer.kind !== "bidirectional") return Object.freeze({ ...layer, name });
      const direction = (gru: GruLayer, side: string) => Object.freeze({ ...gru, name: gru.name || `${name}.${side}` });
      const [forward, backward] = [direction(layer.forward, "forward"), direction(layer.backward, "backward")];
      return Object.freeze({ ...layer, name, forward, backward });
    }),
  );
}
