import { layerNormalization } from "../../../layers/index.ts";
import { bind, flowOf } from "../../chain.ts";
import { type Graph, nameOf } from "../graph.ts";
import type { NodeProto } from "../proto.ts";
import { readFloats } from "../tensor.ts";
import type { Outputs } from "../values.ts";

/** `LayerNormalization` over the features. */
export function readLayerNormalization(graph: Graph, node: NodeProto): Outputs {
  const [scale, bias] = [graph.constant(node, 1), graph.constant(node, 2)];
  if (!scale || (graph.input(node, 2) && !bias)) return graph.refuse(node, "its scale or bias is not in the file");
  if (scale.shape.length !== 1)
    return graph.refuse(node, `it is over ${scale.shape.length} axes: expected the features`);
  const flow = graph.data(node, 0);
  const axis = node.attributes.get("axis")?.i ?? -1;
  const last = flow?.axes.at(-1);
  const fits = flow && last && (axis === -1 || axis === flow.axes.length - 1) && bind(last, "features", scale.shape[0]);
  if (flow && !fits) return graph.refuse(node, "it is not over the features");
  const link = graph.add(node, {
    input: flow,
    make: () => [
      layerNormalization({
        inputs: scale.shape[0],
        gamma: readFloats(scale),
        beta: bias && readFloats(bias),
        epsilon: node.attributes.get("epsilon")?.f ?? 1e-5,
        name: nameOf(node),
      }),
    ],
  });
  return flow ? [flowOf(link, "sequence", flow.axes)] : [];
}
