import { readFileSync } from "node:fs";
import type { ForeignFile, ForeignModel, Part } from "../../src/convert/foreign.ts";
import type { Layer } from "../../src/layers/layer.ts";

/** A committed fixture, as a loader takes it. */
export function fixture(path: string): ForeignFile {
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    bytes: readFileSync(new URL(`fixtures/${path}`, import.meta.url)),
  };
}

/** The part of a name. */
export function partNamed(model: ForeignModel, name: string): Part {
  const part = model.parts.find((candidate) => candidate.name === name);
  if (!part) throw new Error(`no part ${name} in ${model.parts.map((candidate) => candidate.name).join(", ")}`);
  return part;
}

/** Its layers, which it must have. */
export function layersOf(model: ForeignModel, name: string): readonly Layer[] {
  const { layers, refusal } = partNamed(model, name);
  if (!layers) throw new Error(`${name}: ${refusal}`);
  return layers;
}
