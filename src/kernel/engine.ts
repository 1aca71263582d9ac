import type { EngineFactory } from "../model/engine.ts";
import { Store } from "../sequence/sequence.ts";
import type { KernelExports } from "./exports.ts";
import { instantiate } from "./instantiate.ts";
import { copy, KernelMemory } from "./memory.ts";
import { type Build, makeOperation } from "./operation.ts";
import { reserveScratch } from "./scratch.ts";
import { featuresOf, type KernelSequence } from "./sequence.ts";
import { streamsOf } from "./stream.ts";

/** An engine factory over a compiled module: one instance a model, with its weights packed once. */
export function kernelEngine(module: () => object): EngineFactory {
  return engineOver(() => instantiate(module()));
}

/** An engine factory over whatever exports what the module does. */
export function engineOver(create: () => KernelExports): EngineFactory {
  return (layers) => {
    const memory = new KernelMemory(create());
    const scratch = reserveScratch(memory, layers);
    const build: Build = { memory, scratch, uploads: [], recurrences: [], embedding: null };
    const operations = layers.flatMap((layer) => makeOperation(layer, build) ?? []);
    const store = new Store();
    memory.commit();
    for (const upload of build.uploads) upload();

    return {
      run(batch, results) {
        const { rows, steps, data, validity } = batch;
        const context = { batch, states: results.states };
        let sequence: KernelSequence = {
          rows,
          steps,
          features: data.length / (rows * steps),
          data,
          embedding: null,
          mask: validity,
        };
        operations.forEach((operation, i) => {
          const target = i === operations.length - 1 ? results.outputs : null;
          sequence = operation.run(sequence, context, target);
        });
        const outputs = featuresOf(sequence, store);
        if (outputs !== results.outputs) copy(results.outputs, 0, outputs, 0, outputs.length);
        results.mask = sequence.mask;
      },

      stream: streamsOf(memory, scratch, operations, build.recurrences),
    };
  };
}
