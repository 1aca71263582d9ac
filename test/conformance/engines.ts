import * as wasm from "../../src/index.ts";
import { software } from "../../src/kernel/software.ts";
import type { Layer } from "../../src/layers/layer.ts";
import type { Model } from "../../src/model/model.ts";
import * as reference from "../../src/reference/index.ts";

/** An entry of the library: the same API over one of the engines. */
export interface Engine {
  readonly name: string;
  readonly createModel: (layers: readonly Layer[]) => Model;
}

/** What every test here runs over. */
export const engines: readonly Engine[] = [
  { name: "wasm", createModel: wasm.createModel },
  { name: "software", createModel: software.createModel },
  { name: "reference", createModel: reference.createModel },
];

/** The same, for `describe.each("… %s …")`. */
export const engineTable = engines.map((engine) => [engine.name, engine] as const);
