import type { Layer } from "../layers/layer.ts";
import type { Batch, Engine, EngineFactory, EngineStream, Results } from "../model/engine.ts";
import type { Semantics } from "../sequence/semantics.ts";
import { Store } from "../sequence/sequence.ts";
import { instantiate } from "./instantiate.ts";
import { copy, KernelMemory } from "./memory.ts";
import { type Build, makeOperation, type Operation } from "./operation.ts";
import { reserveScratch, type Scratch } from "./scratch.ts";
import { featuresOf, type KernelSequence } from "./sequence.ts";
import { KernelStream, StreamStates } from "./stream.ts";

/** An engine factory over a compiled module: one instance a model, with its weights packed once. */
export function kernelEngine(module: () => object): EngineFactory {
  return (layers) => new KernelEngine(new KernelMemory(instantiate(module())), layers);
}

class KernelEngine implements Engine {
  private readonly scratch: Scratch;
  private readonly operations: readonly Operation[];
  private readonly streamStates: StreamStates;
  private readonly store = new Store();

  constructor(
    private readonly memory: KernelMemory,
    layers: readonly Layer[],
  ) {
    const scratch = reserveScratch(memory, layers);
    const build: Build = { memory, scratch, recurrences: [], embedding: null };
    const operations = layers.flatMap((layer) => makeOperation(layer, build) ?? []);
    this.scratch = scratch;
    this.operations = operations;
    this.streamStates = new StreamStates(memory, build.recurrences);
    memory.commit();
    for (const operation of operations) operation.upload?.();
  }

  run(batch: Batch, results: Results): void {
    const { rows, steps, features, ids, validity } = batch;
    const data = (features ?? ids) as Float32Array | Int32Array;
    const context = { batch, states: results.states };
    let sequence: KernelSequence = {
      rows,
      steps,
      features: data.length / (rows * steps),
      data,
      embedding: null,
      mask: validity,
    };
    this.operations.forEach((operation, i) => {
      const target = i === this.operations.length - 1 ? results.outputs : null;
      sequence = operation.run(sequence, context, target);
    });
    const outputs = featuresOf(sequence, this.store);
    if (outputs !== results.outputs) copy(results.outputs, 0, outputs, 0, outputs.length);
    results.mask = sequence.mask;
  }

  stream(rows: number, semantics: Semantics, useMasks: boolean): EngineStream {
    return new KernelStream(this.memory, this.scratch, this.operations, this.streamStates, rows, semantics, useMasks);
  }
}
