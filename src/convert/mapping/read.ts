import type { Layer } from "../../layers/layer.ts";
import type { ForeignModel, Part } from "../foreign.ts";
import { mapLayer } from "./layers.ts";
import { checkMapping, type Mapping } from "./mapping.ts";
import type { TensorSource } from "./weights.ts";

/**
 * Arrays → layers, as a mapping says. What the mapping does not name is left out: the mapping is the choice.
 *
 * @param given the mapping, as JSON has it
 * @throws CongruentError `option`: the mapping; `weights`: an array that is missing or does not fit; `file`: damaged
 */
export function readMapped(
  source: TensorSource,
  given: unknown,
  about: Pick<ForeignModel, "format" | "framework" | "version">,
): ForeignModel {
  const mapping = checkMapping(given);
  const parts = mapping.layers.map((layer, i): Part => {
    const name = layer.name ?? `${layer.kind}_${i}`;
    const made = mapLayer(layer, name, source, mapping, `mapping.layers[${i}]`);
    const parameters = countParameters(made);
    return { name, kind: layer.kind, layers: [made], refusal: null, parameters, bytes: 4 * parameters };
  });
  const noChain =
    mapping.chain === false && parts.length > 1 ? "the mapping says that its layers are not one after the other" : null;
  return { ...about, semantics: mapping.semantics ?? standardSemantics(mapping), parts, noChain };
}

/** Of the framework whose layout the first recurrent layer has. */
function standardSemantics({ layers, layout }: Mapping): ForeignModel["semantics"] {
  const recurrent = layers.find(({ kind }) => kind === "gru" || kind === "bidirectional");
  return recurrent?.layout ?? layout ?? "keras";
}

function countParameters(layer: Layer): number {
  switch (layer.kind) {
    case "embedding":
      return layer.weights.length;
    case "dense":
      return layer.kernel.length + (layer.bias?.length ?? 0);
    case "gru":
      return Object.values(layer.weights).reduce((count, weights) => count + (weights?.length ?? 0), 0);
    case "bidirectional":
      return countParameters(layer.forward) + countParameters(layer.backward);
    default:
      return 0;
  }
}
