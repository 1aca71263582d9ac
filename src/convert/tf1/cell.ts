import type { ActivationOption } from "../../activation.ts";
import { CongruentError, expected, show } from "../../errors.ts";
import type { GruOptions } from "../../layers/gru.ts";
import { checkKeys } from "../../options.ts";
import { flatten, readTensor, type Tensor, type TensorLike } from "../../tensor.ts";

/** The variables of TF1's `GRUCell` (`tf.nn.rnn_cell.GRUCell`, `tf.compat.v1.nn.rnn_cell.GRUCell`). */
export interface Tf1GruCell {
  /** `gates/kernel` [I+H, 2H]: rows x then h, columns r|u */
  readonly gatesKernel: TensorLike;
  /** `gates/bias` [2H], r|u */
  readonly gatesBias: TensorLike;
  /** `candidate/kernel` [I+H, H]: rows x then r·h */
  readonly candidateKernel: TensorLike;
  /** `candidate/bias` [H] */
  readonly candidateBias: TensorLike;
  /** The cell's `activation`, of the candidate. The gates' is always sigmoid. Default tanh. */
  readonly activation?: ActivationOption | undefined;
}

/**
 * The variables of a TF1 `GRUCell` → the options of `gru`.
 *
 * - The gates come as r|u, and u is our z: `new_h = u·h + (1-u)·c`.
 * - Each kernel holds the rows of the input and, below them, those of the state.
 * - r multiplies the state before its product (`resetAfter: false`), so there is one bias.
 * - `gates/bias` starts at **1**, not 0: a checkpoint without biases is not one with zero biases. So both are asked for.
 *
 * Source: `GRUCell.build` and `GRUCell.call` in tensorflow/python/ops/rnn_cell_impl.py.
 *
 * @throws CongruentError `weights`: a tensor is missing or has the wrong shape; `option`
 * @example gru({ ...fromTf1GruCell(cell), returnSequences: true })
 */
export function fromTf1GruCell(cell: Tf1GruCell): GruOptions {
  const keys = ["gatesKernel", "gatesBias", "candidateKernel", "candidateBias"] as const;
  checkKeys(cell, [...keys, "activation"], "fromTf1GruCell");
  const where = (key: string) => `fromTf1GruCell.${key}`;
  for (const key of keys) {
    if (cell[key] !== undefined && cell[key] !== null) continue;
    const hint = key === "gatesBias" ? "; it starts at 1 in TF1, so leaving it out does not mean 0" : "";
    throw new CongruentError("weights", `${where(key)}: expected a tensor, got none${hint}`);
  }
  const units = flatten(cell.candidateBias, "weights", where("candidateBias")).data.length;
  const gates = readTensor(cell.gatesKernel, "weights", where("gatesKernel"), ["inputs + units", 2 * units]);
  const rows = gates.shape[0];
  if (rows <= units) {
    throw expected("weights", where("gatesKernel"), `more than ${units} rows, inputs + units`, show(rows));
  }
  const candidate = readTensor(cell.candidateKernel, "weights", where("candidateKernel"), [rows, units]);
  const kernel = gateColumns(gates, candidate, units);
  const inputs = rows - units;
  const size = 3 * units;
  return {
    units,
    kernel: { data: kernel.slice(0, inputs * size), shape: [inputs, size] },
    recurrentKernel: { data: kernel.slice(inputs * size), shape: [units, size] },
    bias: {
      data: gateColumns(
        readTensor(cell.gatesBias, "weights", where("gatesBias"), [2 * units]),
        readTensor(cell.candidateBias, "weights", where("candidateBias"), [units]),
        units,
      ),
      shape: [size],
    },
    activation: cell.activation === undefined ? "tanh" : cell.activation,
    recurrentActivation: "sigmoid",
    resetAfter: false,
  };
}

/** (rows, 2H) in r|u and (rows, H) → (rows, 3H) in z|r|n. */
function gateColumns(gates: Tensor, candidate: Tensor, units: number): Tensor["data"] {
  const rows = candidate.data.length / units;
  const out = new Float32Array(rows * 3 * units);
  for (let row = 0; row < rows; row++) {
    const reset = row * 2 * units;
    const update = reset + units;
    out.set(gates.data.subarray(update, update + units), row * 3 * units);
    out.set(gates.data.subarray(reset, reset + units), row * 3 * units + units);
    out.set(candidate.data.subarray(row * units, (row + 1) * units), row * 3 * units + 2 * units);
  }
  return out;
}
