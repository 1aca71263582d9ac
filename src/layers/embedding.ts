import { readOptions } from "../options.ts";
import { readTensor, type TensorLike } from "../tensor.ts";
import { makeLayer } from "./computation.ts";
import type { EmbeddingLayer } from "./layer.ts";

/** What {@link embedding} takes. */
export interface EmbeddingOptions {
  /** [vocabulary, features]: the row of each token id */
  readonly weights: TensorLike;
  /** Whether id 0 is padding (default false, as in Keras). */
  readonly maskZero?: boolean | undefined;
  readonly name?: string | undefined;
}

/**
 * Token ids → rows of a table. Only the first layer of a stack can be one.
 *
 * @returns a frozen layer with its own copy of the weights
 * @throws CongruentError `option` or `weights`
 * @example embedding({ weights: [[0, 0], [0.1, 0.2]], maskZero: true })
 */
export function embedding(options: EmbeddingOptions): EmbeddingLayer {
  const layer = readOptions(options, "embedding", {
    weights: (table: unknown, where: string) => readTensor(table, "weights", where, ["vocabulary", "features"]),
    maskZero: false,
  });
  const { shape, data: weights } = layer.weights;
  return makeLayer<EmbeddingLayer>({ kind: "embedding", vocabulary: shape[0], features: shape[1], ...layer, weights });
}
