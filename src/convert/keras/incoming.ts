import type { Layer } from "../../layers/layer.ts";
import type { SavedLayer } from "./topology.ts";

/** What a layer is given; null where that is not known. */
export interface Incoming {
  /** Axes, the batch included. */
  readonly rank: number | null;
  /** F */
  readonly features: number | null;
}

/** Before the first layer, and after one that was refused. */
export const unknown: Incoming = { rank: null, features: null };

/**
 * What follows a layer.
 * @param layers what became of it; null where it was refused
 */
export function follow(incoming: Incoming, saved: SavedLayer, layers: readonly Layer[] | null): Incoming {
  if (layers === null) return unknown;
  return layers.reduce(after, startOf(saved) ?? incoming);
}

/** The shape that the first layer of a model writes down for its input, [batch, ...]. */
export function startOf({ config }: SavedLayer): Incoming | null {
  const shape = config.batch_shape ?? config.batch_input_shape;
  if (!Array.isArray(shape)) return null;
  const last: unknown = shape[shape.length - 1];
  return { rank: shape.length, features: typeof last === "number" ? last : null };
}

function after(before: Incoming, layer: Layer): Incoming {
  switch (layer.kind) {
    case "embedding":
      return { rank: 3, features: layer.features };
    case "gru":
      return { rank: layer.returnSequences ? 3 : 2, features: layer.units };
    case "bidirectional": {
      const { forward, backward, mergeMode } = layer;
      const features = mergeMode === "concat" ? forward.units + backward.units : forward.units;
      return { rank: forward.returnSequences ? 3 : 2, features };
    }
    case "dense":
      return { ...before, features: layer.units };
    case "globalAveragePooling1D":
    case "globalMaxPooling1D":
      return { ...before, rank: 2 };
    case "repeatVector":
      return { ...before, rank: 3 };
    default:
      return before;
  }
}
