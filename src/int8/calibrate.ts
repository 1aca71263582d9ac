import { expected, show } from "../errors.ts";
import type { Kernel } from "../kernel/kernel.ts";
import { dense } from "../kernel/layers.ts";
import { directionsOf, type GruLayer, type Layer } from "../layers/layer.ts";
import type { Input, RunOptions } from "../model/input.ts";
import type { Model, RunResult } from "../model/model.ts";
import { readStates } from "../model/state.ts";
import { checkKeys } from "../options.ts";
import type { Tensor } from "../tensor.ts";
import { Moments } from "./moments.ts";
import { type GruMoments, type Readout, Trace } from "./trace.ts";

/** A run like those that the model is for: what its layers see then says which errors of the weights matter. */
export interface CalibrationSample extends Pick<RunOptions, "lengths" | "mask" | "initialState"> {
  /** As `model.run` takes it. */
  readonly input: Input;
}

/**
 * Runs samples through the layers as they are, and looks at what goes into each GRU, and at what comes of it.
 *
 * @param layers of which `createModel` makes models
 * @param createModel of any engine: all give the same bits
 * @param readers directions whose kernels are rounded together with the table before them, not here
 * @returns for each direction of each layer
 * @throws CongruentError `option`: not a list of samples; `input`: numbers that are not finite; or as a run does
 */
export function calibrate(
  layers: readonly Layer[],
  samples: readonly CalibrationSample[],
  createModel: Kernel["createModel"],
  readers: readonly GruLayer[] = [],
): Map<GruLayer, GruMoments> {
  const where = "quantize.calibration";
  if (!Array.isArray(samples)) throw expected("option", where, "an array of samples", show(samples));
  for (const [n, sample] of samples.entries()) {
    checkKeys(sample, ["input", "lengths", "mask", "initialState"], `${where}[${n}]`);
  }
  const found = new Map<GruLayer, GruMoments>();
  if (samples.length === 0) return found;
  const slots = layers.flatMap(directionsOf);
  let slot = 0;
  for (const [i, layer] of layers.entries()) {
    const directions = directionsOf(layer);
    if (directions.length === 0) continue;
    const model = createModel([...layers.slice(0, i), identity(directions[0].inputs)]);
    const readout = readoutOf(layer, layers[i + 1]);
    const traces = directions.map((direction) => {
      const moments = createGruMoments(direction, readers.includes(direction));
      found.set(direction, moments);
      return new Trace(direction, readout, moments);
    });
    for (const [n, sample] of samples.entries()) {
      const { outputs, mask } = runOf(model, sample, slot, slots.length);
      if (!outputs.data.every(Number.isFinite)) {
        throw expected("input", `${where}[${n}]`, "finite numbers in every layer", "others");
      }
      const states = readStates(sample.initialState, slots, outputs.shape[0]);
      for (const [d, trace] of traces.entries()) {
        addSequences(trace, directions[d], outputs, mask, states[slot + d]);
      }
    }
    slot += directions.length;
  }
  return found;
}

/** @param reads whether it reads a table, together with which its kernel is rounded */
function createGruMoments({ inputs, units, resetAfter }: GruLayer, reads: boolean): GruMoments {
  return {
    inputs: new Moments(inputs),
    states: new Moments(units),
    resetStates: resetAfter ? null : new Moments(units),
    inputCosts: reads ? null : new Moments(3 * units),
    stateCosts: new Moments(3 * units),
  };
}

/** A dense layer right behind a GRU: errors of the state that it does not see cost nothing there. */
function readoutOf(layer: Layer, next: Layer | undefined): Readout | null {
  return layer.kind === "gru" && next?.kind === "dense" ? next : null;
}

/** @param slots of the model, the first of `all` that the sample has states for */
function runOf(model: Model, { input, initialState, lengths, mask }: CalibrationSample, slots: number, all: number) {
  // Every sample begins anew, with stateful layers too.
  model.resetStates();
  // With a single slot the state may stand alone, not in a list.
  const states = all > 1 && Array.isArray(initialState) ? initialState.slice(0, slots) : initialState;
  return model.run(input, { lengths, mask, initialState: slots === 0 ? null : states });
}

/** The sequences of a batch, without the steps that are not valid. */
function addSequences(
  trace: Trace,
  { units, goBackwards }: GruLayer,
  { data, shape: [rows, steps, features] }: Tensor,
  mask: RunResult["mask"],
  states: Float32Array | null,
): void {
  for (let row = 0; row < rows; row++) {
    const places: number[] = [];
    for (let t = 0; t < steps; t++) if (!mask || mask.data[row * steps + t]) places.push((row * steps + t) * features);
    if (goBackwards) places.reverse();
    trace.add(data, places, states?.subarray(row * units, (row + 1) * units) ?? new Float32Array(units));
  }
}

/** A layer that does nothing, behind whatever feeds a GRU: a model has to know its features. */
function identity(size: number): Layer {
  const kernel = new Float32Array(size * size);
  for (let i = 0; i < size; i++) kernel[i * size + i] = 1;
  return dense({ units: size, kernel });
}
