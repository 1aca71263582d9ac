import type { GruLayer } from "../layers/layer.ts";
import { paddingRule } from "../sequence/padding.ts";
import { makeDirection } from "./direction.ts";
import type { OperationFactory } from "./operation.ts";

/** A GRU layer in the kernel. */
export const gruOperation: OperationFactory<GruLayer> = (layer, build, previous) =>
  makeDirection(layer, build, previous, paddingRule, layer.goBackwards);
