import { gru } from "../../kernel/layers.ts";
import { Chain } from "../chain.ts";
import type { ForeignModel } from "../foreign.ts";
import { fromTf1GruCell } from "./cell.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Tensor } from "./tensor.ts";

const suffixes = ["gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias"] as const;

/**
 * Variables without a graph: only names tell what they are. Those of a `GRUCell` are certain, but for its activation,
 * which a checkpoint does not have; others are not certain, and refused by name.
 */
export function readVariables({ tensors, objects }: Checkpoint): Pick<ForeignModel, "parts" | "noChain"> {
  const chain = new Chain([...tensors.values()].reduce((sum, { bytes }) => sum + bytes, 0));
  const read = new Set<string>();
  for (const name of tensors.keys()) {
    const scope = name.endsWith("/gates/kernel") ? name.slice(0, -"/gates/kernel".length) : null;
    const cell = scope === null ? [] : suffixes.map((suffix) => tensors.get(`${scope}/${suffix}`));
    if (scope === null || cell.includes(undefined)) continue;
    for (const suffix of suffixes) read.add(`${scope}/${suffix}`);
    addCell(chain, scope, cell as Tensor[]);
  }
  for (const [name, tensor] of tensors) {
    if (!read.has(name) && tensor.real)
      chain.refuse(name, "variable", refusal(name, objects), tensor.count, tensor.bytes);
  }
  const { parts } = chain.finish(null);
  const noChain = objects
    ? "it is a model of TensorFlow 2, whose layers are Python objects: save it as .keras or .h5 and load that"
    : "it has variables and no graph: cells are taken to have GRUCell's own activation, tanh, and what lies between them is not known; put the .meta file beside it";
  return { parts, noChain };
}

function addCell(chain: Chain, name: string, [gatesKernel, gatesBias, candidateKernel, candidateBias]: Tensor[]): void {
  const tensor = ({ shape, read }: Tensor) => ({ data: read(), shape: [...shape] });
  const all = [gatesKernel, gatesBias, candidateKernel, candidateBias];
  chain.add({
    name,
    kind: "GRUCell",
    input: null,
    directions: 1,
    parameters: all.reduce((sum, { count }) => sum + count, 0),
    bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
    make: () => [
      gru({
        ...fromTf1GruCell({
          gatesKernel: tensor(gatesKernel),
          gatesBias: tensor(gatesBias),
          candidateKernel: tensor(candidateKernel),
          candidateBias: tensor(candidateBias),
        }),
        returnSequences: true,
        name,
      }),
    ],
  });
}

function refusal(name: string, objects: boolean): string {
  if (objects) return "a variable of a Keras layer or another object, of which the file does not say how it is used";
  if (/candidate\/(input|hidden)_projection\//.test(name)) {
    return "of CudnnCompatibleGRUCell, whose candidate has two biases; put the graph (.meta) beside it";
  }
  if (/\/(w_ru|b_ru|w_c|b_c)$/.test(name)) return "of GRUBlockCell, a fused cell whose columns are in another order";
  return "a variable of which a checkpoint does not say what it is for";
}
