import { expected, show } from "../errors.ts";
import type { GruLayer, Layer } from "../layers/layer.ts";
import type { Input, RunOptions } from "../model/input.ts";
import type { RunResult } from "../model/model.ts";
import { checkKeys } from "../options.ts";
import { createModel, dense } from "../reference/index.ts";
import type { Tensor } from "../tensor.ts";
import { addRow, createMoments, type Moments } from "./moments.ts";

/** A run like those that the model is for: what its layers see then says which errors of the weights matter. */
export interface CalibrationSample extends Pick<RunOptions, "lengths" | "mask" | "initialState"> {
  /** As `model.run` takes it. */
  readonly input: Input;
}

/** What the matrices of a GRU are multiplied by. */
export interface GruMoments {
  /** Of the inputs, I */
  readonly inputs: Moments;
  /** Of the states, H */
  readonly states: Moments;
}

/**
 * Runs samples through the layers as they are, on the reference, and looks at what goes into each GRU.
 *
 * @returns for each direction of each layer
 * @throws CongruentError `option`: not a list of samples; `input`: numbers that are not finite; or as a run does
 */
export function calibrate(layers: readonly Layer[], samples: readonly CalibrationSample[]): Map<GruLayer, GruMoments> {
  const where = "quantize.calibration";
  if (!Array.isArray(samples)) throw expected("option", where, "an array of samples", show(samples));
  const found = new Map<GruLayer, GruMoments>();
  let slot = 0;
  for (const [i, layer] of layers.entries()) {
    if (layer.kind !== "gru" && layer.kind !== "bidirectional") continue;
    const directions = layer.kind === "gru" ? [layer] : [layer.forward, layer.backward];
    slot += directions.length;
    const before = [...layers.slice(0, i), identity(directions[0].inputs)];
    for (const direction of directions) {
      found.set(direction, { inputs: createMoments(direction.inputs), states: createMoments(direction.units) });
    }
    for (const [n, sample] of samples.entries()) {
      checkKeys(sample, ["input", "lengths", "mask", "initialState"], `${where}[${n}]`);
      const { input, initialState = [], ...options } = sample;
      const run = (stack: readonly Layer[], slots: number): RunResult =>
        createModel(stack).run(input, {
          ...options,
          ...(initialState.length > 0 && { initialState: initialState.slice(0, slots) }),
        });
      const inputs = run(before, slot - directions.length).outputs;
      const { outputs, backwardOutputs } = run([...layers.slice(0, i), everyStep(layer)], slot);
      for (const [d, direction] of directions.entries()) {
        const moments = found.get(direction) as GruMoments;
        addRows(moments.inputs, inputs, `${where}[${n}]`);
        addRows(moments.states, d === 0 ? outputs : (backwardOutputs as Tensor), `${where}[${n}]`);
      }
    }
  }
  return found;
}

/** A layer that does nothing, behind whatever feeds a GRU: a model has to know its features. */
function identity(size: number): Layer {
  const kernel = new Float32Array(size * size);
  for (let i = 0; i < size; i++) kernel[i * size + i] = 1;
  return dense({ units: size, kernel });
}

/** The same layer, with the output of each step, of each direction by itself. */
function everyStep(layer: Extract<Layer, { kind: "gru" | "bidirectional" }>): Layer {
  if (layer.kind === "gru") return { ...layer, returnSequences: true };
  const { forward, backward } = layer;
  const sequences = { returnSequences: true };
  return {
    ...layer,
    forward: { ...forward, ...sequences },
    backward: { ...backward, ...sequences },
    mergeMode: "none",
  };
}

/** Rows of zeros are padding, and say nothing anyway. */
function addRows(moments: Moments, { data }: Tensor, where: string): void {
  const { size } = moments;
  for (let at = 0; at < data.length; at += size) {
    const row = data.subarray(at, at + size);
    if (row.every((value) => value === 0)) continue;
    if (!row.every(Number.isFinite)) throw expected("input", where, "finite numbers in every layer", "others");
    addRow(moments, row, 0);
    moments.count++;
  }
}
