import type { EngineFactory } from "../model/engine.ts";
import { createStore, type Sequence } from "../sequence/sequence.ts";
import type { KernelExports } from "./exports.ts";
import { instantiate } from "./instantiate.ts";
import { openMemory } from "./memory.ts";
import { operationOf } from "./operation.ts";
import { reserveScratch } from "./scratch.ts";
import { streamsOf } from "./stream.ts";

/** An engine factory over a compiled module: one instance a model, with its weights packed once. */
export function kernelEngine(module: () => object): EngineFactory {
  return engineOver(() => instantiate(module()));
}

/** An engine factory over whatever exports what the module does. */
export function engineOver(create: () => KernelExports): EngineFactory {
  return (stack) => {
    const build = reserveScratch(openMemory(create()), stack);
    const active = stack.layers.filter(({ kind }) => kind !== "dropout");
    const operations = active.map((layer, i) => operationOf(layer)(layer, build, active[i - 1], active[i + 1]));
    const stores = operations.map(() => createStore());

    return {
      run(batch, results) {
        const { rows, steps, validity } = batch;
        // Ids are features only in name, until an embedding replaces them.
        const data = batch.data as Float32Array;
        let sequence: Sequence = { rows, steps, features: data.length / (rows * steps), data, mask: validity };
        operations.forEach((operation, i) => {
          const store = i < operations.length - 1 ? stores[i] : () => results.outputs;
          sequence = operation.run(sequence, batch, results, store);
        });
        if (sequence.data !== results.outputs) results.outputs.set(sequence.data);
        results.mask = sequence.mask;
      },

      stream: streamsOf(build, operations),
    };
  };
}
