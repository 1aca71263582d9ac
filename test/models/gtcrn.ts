import { bidirectional } from "../../src/kernel/layers.ts";
import type { BidirectionalLayer, GruLayer, Layer } from "../../src/layers/layer.ts";
import type { Model } from "../../src/model/model.ts";
import { deviation, modelFolder } from "./files.ts";

/** GTCRN: 14 GRUs in a checkpoint of PyTorch 1.11 (with its optimizer), and the same ones in ONNX. */
export const folder = modelFolder("gtcrn");
export const checkpoint = "model_trained_on_dns3.tar";

export interface OnnxGru {
  readonly name: string;
  readonly torch_prefix: string;
  readonly direction: "forward" | "bidirectional";
  readonly hidden: number;
}
export interface Case {
  readonly tolerance_abs: number;
  readonly inputs: Record<"X" | "h0", { readonly file: string; readonly shape: number[] }>;
  readonly expected: { readonly Y: { readonly file: string; readonly shape: number[] } };
}

export const cases = ["GRU_153", "GRU_700", "GRU_780", "GRU_961"];

/** Every weight, in one order. */
export function weightsOf(layer: Layer): (Float32Array | null)[] {
  const of = ({ weights }: GruLayer) => [weights.kernel, weights.recurrentKernel, weights.bias, weights.recurrentBias];
  if (layer.kind === "bidirectional") return [...of(layer.forward), ...of(layer.backward)];
  return of(layer as GruLayer);
}

/** A GRU of the network over the 64 frames of its case, each from its own state: the largest deviation. */
export function deviationOf(name: string, layer: Layer, createModel: (layers: readonly Layer[]) => Model): number {
  const { expected } = folder.json<Case>(`${name}.case.json`);
  return deviation(runCase(name, layer, createModel), folder.floats(expected.Y.file));
}

/**
 * The case whose inputs and states a GRU takes: its own; or, for those of which none were recorded, that of one of the same
 * kind and size from elsewhere in the network.
 */
export function caseFor({ name, direction, hidden }: OnnxGru): string {
  if (cases.includes(name)) return name;
  return direction === "bidirectional" ? "GRU_700" : hidden === 16 ? "GRU_153" : "GRU_780";
}

/** The outputs of a GRU over the 64 frames of a case, each from its own state: ONNX's Y of each, [T, D, B, H]. */
export function runCase(
  name: string,
  layer: Layer,
  createModel: (layers: readonly Layer[]) => Model,
): readonly number[] {
  const { inputs } = folder.json<Case>(`${name}.case.json`);
  const model = createModel([layer.kind === "bidirectional" ? apart(layer) : layer]);
  const units = layer.kind === "bidirectional" ? layer.forward.units : (layer as GruLayer).units;
  const [x, h0] = [inputs.X, inputs.h0].map(({ file }) => folder.floats(file));
  const [frames, steps, batch, features] = inputs.X.shape;
  const directions = inputs.h0.shape[1];
  const sizes = [steps * batch * features, directions * batch * units];
  if (String([x.length, h0.length]) !== String(sizes.map((size) => size * frames))) return [];
  const all: number[] = [];
  for (let frame = 0; frame < frames; frame++) {
    const at = (data: Float32Array, size: number) => data.subarray(frame * size, (frame + 1) * size);
    const begin = at(h0, sizes[1]);
    const initialState = Array.from({ length: directions }, (_, d) => ({
      data: begin.slice(d * batch * units, (d + 1) * batch * units),
      shape: [batch, units],
    }));
    const { outputs, backwardOutputs } = model.run(
      { data: at(x, sizes[0]), shape: [steps, batch, features] },
      { timeMajor: true, semantics: "pytorch", initialState },
    );
    // ONNX has the directions before the batch.
    for (let step = 0; step < steps; step++) {
      for (const tensor of [outputs, backwardOutputs]) {
        if (tensor) all.push(...tensor.data.subarray(step * batch * units, (step + 1) * batch * units));
      }
    }
  }
  return all;
}

/** The same layer, its two outputs not concatenated. */
function apart(layer: BidirectionalLayer): BidirectionalLayer {
  return bidirectional({ forward: layer.forward, backward: layer.backward, mergeMode: "none" });
}
