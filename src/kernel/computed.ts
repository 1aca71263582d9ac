import { type Computation, computationOf } from "../layers/computation.ts";
import type { Layer } from "../layers/layer.ts";
import { type Sequence, Store } from "../sequence/sequence.ts";
import { lookUpFrame } from "./embedding.ts";
import type { KernelMemory } from "./memory.ts";
import { advance, type Operation, type OperationFactory, type RunContext, type StreamFrame } from "./operation.ts";
import { ROWS } from "./scratch.ts";
import { featuresOf, type KernelSequence } from "./sequence.ts";

/** The operation of every layer that brings its own computation: WebAssembly has no part in it. */
export const computedOperation: OperationFactory<Layer> = (layer, build) => {
  build.embedding = null;
  return new ComputedOperation(layer, computationOf(layer) as Computation<Layer>, build.memory);
};

class ComputedOperation implements Operation {
  private readonly store = new Store();
  private readonly inputs = new Store();
  /** Of a stream's step: (ROWS, I) and (ROWS, F) */
  private readonly before = new Store();
  private readonly after = new Store();
  /** F; 0 before the first step of a stream */
  private features = 0;

  constructor(
    private readonly layer: Layer,
    private readonly computation: Computation<Layer>,
    private readonly memory: KernelMemory,
  ) {}

  run(input: KernelSequence, _context: RunContext, _target: Float32Array | null): KernelSequence {
    const sequence: Sequence = { ...input, data: featuresOf(input, this.inputs) };
    return { ...this.computation.run(this.layer, sequence, this.store), embedding: null };
  }

  step(frame: StreamFrame): void {
    const { memory, layer, computation } = this;
    lookUpFrame(memory, frame);
    const { address, stride, rows, features, spare } = frame;
    this.features ||= computation.shape(layer, { features, backwardFeatures: 0, sequence: true }, "").features;
    const before = this.before.take(ROWS * features);
    const after = this.after.take(ROWS * this.features);
    memory.readRows(address, stride >> 2, before, 0, features, rows);
    computation.step?.(layer, before, after, rows, features);
    memory.write(spare, after, 0, rows * this.features);
    advance(frame, this.features, 4 * this.features);
  }
}
