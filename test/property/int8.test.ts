import { createModel, quantize } from "../../src/int8/index.ts";
import { describeProperties } from "./properties.ts";
import { randomStack } from "./random.ts";

/** At one precision or the other. */
describeProperties("int8", createModel, (random, options) => {
  const stack = randomStack(random, options);
  return { ...stack, layers: quantize(stack.layers, { precision: random.pick([7, 14] as const) }) };
});
