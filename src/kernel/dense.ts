import type { DenseLayer } from "../layers/layer.ts";
import { Store } from "../sequence/sequence.ts";
import { lookUpFrame } from "./embedding.ts";
import { type PackedMatrix, packMatrix, reserveMatrix, writeBias } from "./matrix.ts";
import { type KernelMemory, padded } from "./memory.ts";
import { advance, type Operation, type OperationFactory, type RunContext, type StreamFrame } from "./operation.ts";
import type { Scratch } from "./scratch.ts";
import { featuresOf, type KernelSequence } from "./sequence.ts";

export const denseOperation: OperationFactory<DenseLayer> = (layer, build) => {
  build.embedding = null;
  return new DenseOperation(layer, build.memory, build.scratch);
};

/** A dense layer in the kernel, on every step, padding included. */
class DenseOperation implements Operation {
  private readonly store = new Store();
  private readonly inputs = new Store();
  private readonly matrix: PackedMatrix;
  private readonly bias: number;
  /** Op */
  private readonly stride: number;

  constructor(
    private readonly layer: DenseLayer,
    private readonly memory: KernelMemory,
    private readonly scratch: Scratch,
  ) {
    this.stride = padded(layer.units);
    this.matrix = reserveMatrix(memory, layer.inputs, 1, layer.units);
    this.bias = layer.bias ? memory.reserve(this.stride) : scratch.zeros;
  }

  upload(): void {
    const { layer, memory } = this;
    packMatrix(memory, this.scratch, this.matrix, layer.kernel, layer.units, 0);
    if (layer.bias) writeBias(memory, this.bias, layer.bias, 1);
  }

  run(input: KernelSequence, _context: RunContext, target: Float32Array | null): KernelSequence {
    const { memory, scratch, stride } = this;
    const { inputs, units } = this.layer;
    const features = featuresOf(input, this.inputs);
    const cells = input.rows * input.steps;
    const data = target ?? this.store.take(cells * units);
    const fit = Math.floor(scratch.capacity / Math.max(inputs, stride));
    for (let first = 0; first < cells; first += fit) {
      const n = Math.min(fit, cells - first);
      memory.write(scratch.x, features, first * inputs, n * inputs);
      this.apply(scratch.x, 4 * inputs, n, scratch.y);
      memory.readRows(scratch.y, stride, data, first * units, units, n);
    }
    return { ...input, features: units, data, embedding: null };
  }

  step(frame: StreamFrame): void {
    lookUpFrame(this.memory, frame);
    this.apply(frame.address, frame.stride, frame.rows, frame.spare);
    advance(frame, this.layer.units, 4 * this.stride);
  }

  private apply(x: number, xStride: number, rows: number, y: number): void {
    const { inputs, units, activation } = this.layer;
    const { code, alpha, beta } = activation === "softmax" ? { code: -1, alpha: 0, beta: 0 } : activation;
    this.memory.exports.dense(x, xStride, rows, this.matrix.address, inputs, units, this.bias, y, code, alpha, beta);
  }
}
