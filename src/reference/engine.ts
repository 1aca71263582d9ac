import { computationOf } from "../layers/computation.ts";
import { directionsOf, type GruLayer, type Layer } from "../layers/layer.ts";
import type { Stack } from "../layers/stack.ts";
import type { Batch, Engine, EngineStream, Results } from "../model/engine.ts";
import type { Semantics } from "../sequence/semantics.ts";
import { createStore, type Sequence } from "../sequence/sequence.ts";
import { bidirectional } from "./bidirectional.ts";
import { type Cell, gruCell } from "./cell.ts";
import { dense } from "./dense.ts";
import { embedding } from "./embedding.ts";
import { gru } from "./gru.ts";
import { masking } from "./masking.ts";
import { initialState, type RecurrentState } from "./recurrence.ts";
import type { Rules } from "./rules.ts";

/** What goes into a stack: features or token ids, and the mask given with them. */
interface Input {
  /** B */
  readonly rows: number;
  /** T */
  readonly steps: number;
  /** (B, T, I), or (B, T) when they are ids */
  readonly data: Float32Array | Int32Array;
  /** (B, T), or null for none */
  readonly mask: Uint8Array | null;
}

/**
 * The readable engine: plain TypeScript, f32 by Math.fround, one row and one step after the other. It says what the
 * right answer is, and it computes where there is no WebAssembly.
 */
export const referenceEngine = ({ layers }: Pick<Stack, "layers">): Engine => new ReferenceEngine(layers);

class ReferenceEngine implements Engine {
  /** By slot. */
  private readonly directions: readonly GruLayer[];
  /** By slot. */
  private readonly cells: readonly Cell[];

  constructor(private readonly layers: readonly Layer[]) {
    this.directions = layers.flatMap(directionsOf);
    this.cells = this.directions.map(gruCell);
  }

  run(batch: Batch, results: Results): void {
    const { rows, steps, data, validity, useMasks, semantics } = batch;
    const states = this.directions.map(({ units }, slot) =>
      initialState(rows, units, batch.initialStates[slot] ?? null),
    );
    const rules = { semantics, useMasks, explicitMask: validity !== null };
    const output = this.forward({ rows, steps, data, mask: validity }, rules, states);
    // Only now, since a layer may have thrown: a run that fails writes nothing.
    results.outputs.set(output.data);
    results.mask = output.mask?.slice() ?? null;
    for (const [slot, { h }] of states.entries()) results.states[slot].set(h);
  }

  /** A run over one step at a time, whose states stay. */
  stream(rows: number, semantics: Semantics, useMasks: boolean): EngineStream {
    const states = this.directions.map(({ units }) => initialState(rows, units, null));
    // A stream has no end at which a row could turn out to be empty.
    const endless: Semantics = { ...semantics, emptyState: "initial" };
    return {
      step: (frame, out, valid) => {
        const rules = { semantics: endless, useMasks, explicitMask: valid !== null };
        out.set(this.forward({ rows, steps: 1, data: frame, mask: valid }, rules, states).data);
      },
      states: () => states.map(({ h }) => h),
      started: states.map(({ started }) => started),
    };
  }

  /**
   * The stack, layer by layer.
   *
   * @param states by slot; left where the run ends
   */
  private forward(input: Input, rules: Rules, states: readonly RecurrentState[]): Sequence {
    const { rows, steps, data, mask } = input;
    let slot = 0;
    const nextDirection = () => ({ cell: this.cells[slot], state: states[slot++] });
    // Ids are features only in name, until the embedding that comes first replaces them.
    let x: Sequence = { rows, steps, features: data.length / (rows * steps), data: data as Float32Array, mask };
    for (const layer of this.layers) {
      const computation = computationOf(layer);
      if (computation) {
        x = computation.run(layer, x, createStore());
        continue;
      }
      switch (layer.kind) {
        case "embedding":
          x = embedding(layer, rows, steps, data, mask, rules);
          break;
        case "masking":
          x = masking(layer, x, rules);
          break;
        case "gru": {
          const { cell, state } = nextDirection();
          x = gru(layer, cell, x, rules, state);
          break;
        }
        case "bidirectional":
          x = bidirectional(layer, x, rules, nextDirection(), nextDirection());
          break;
        case "dense":
          x = dense(layer, x);
          break;
        case "dropout":
          break;
      }
    }
    return x;
  }
}
