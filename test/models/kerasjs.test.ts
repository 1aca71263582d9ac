import { describe, expect, it } from "vitest";
import { bidirectional, gru } from "../../src/kernel/layers.ts";
import type { GruOptions } from "../../src/layers/gru.ts";
import { engineTable } from "../conformance/engines.ts";
import { deviation, modelFolder } from "./files.ts";

const folder = modelFolder("kerasjs");

interface Shaped {
  readonly data: number[];
  readonly shape: number[];
}
type Fixtures = Record<string, { readonly input: Shaped; readonly weights: Shaped[]; readonly expected: Shaped }>;
interface GruConfig {
  readonly units: number;
  readonly activation: "tanh" | "sigmoid";
  readonly recurrent_activation: "hard_sigmoid" | "sigmoid";
  readonly use_bias?: boolean;
  readonly return_sequences: boolean;
  readonly go_backwards?: boolean;
  readonly stateful?: boolean;
}
interface Attributes<T> {
  readonly attrs: T;
}

/** The fixtures have six digits; their inputs, weights and outputs were each rounded. */
const tolerance = 2e-6;

/** A Keras 2 layer: reset before, and hard_sigmoid with the slope of 0.2. */
function options(config: GruConfig, [kernel, recurrentKernel, bias]: readonly Shaped[]): GruOptions {
  return {
    units: config.units,
    kernel,
    recurrentKernel,
    ...(config.use_bias === false ? { useBias: false } : { bias, useBias: true }),
    activation: config.activation,
    recurrentActivation: config.recurrent_activation === "hard_sigmoid" ? "hard_sigmoid_0.2" : "sigmoid",
    resetAfter: false,
    returnSequences: config.return_sequences,
    goBackwards: config.go_backwards ?? false,
    stateful: config.stateful ?? false,
  };
}

/** Fixtures are one sequence each; a batch of one. */
const batch = ({ data, shape }: Shaped) => ({ data: Float32Array.from(data), shape: [1, ...shape] });

describe.skipIf(!folder.exists).each(engineTable)("Keras.js fixtures, %s", (_, { createModel }) => {
  const load = () => ({
    grus: Object.entries(folder.exists ? folder.json<Fixtures>("GRU.json") : {}),
    attributes: folder.exists ? folder.json<Attributes<GruConfig>[]>("GRU.attrs.json") : [],
  });
  const { grus, attributes } = load();

  it.skipIf(!folder.exists)("has 9 GRU cases", () => expect([grus.length, attributes.length]).toEqual([9, 9]));

  it.each(grus.map(([name, fixture], index) => [name, fixture, attributes[index].attrs] as const))(
    "%s",
    (_, { input, weights, expected }, config) => {
      const model = createModel([gru(options(config, weights))]);
      const run = () => model.run(batch(input), { semantics: "keras" }).outputs;
      const first = run();
      // Of a stateful layer the fixture is the second call, which begins where the first one ended.
      const outputs = config.stateful ? run() : first;
      expect(outputs.shape).toEqual([1, ...expected.shape]);
      expect(deviation(outputs.data, expected.data)).toBeLessThanOrEqual(tolerance);
      if (config.stateful) expect(deviation(first.data, expected.data)).toBeGreaterThan(100 * tolerance);
    },
  );

  const pairs = folder.exists
    ? folder
        .json<Attributes<{ layer: { class_name: string; config: GruConfig }; merge_mode: "concat" }>[]>(
          "Bidirectional.attrs.json",
        )
        .map(({ attrs }, index) => ({ attrs, index }))
        .filter(({ attrs }) => attrs.layer.class_name === "GRU")
    : [];

  it.each(pairs)("wrappers.Bidirectional.$index", ({ attrs, index }) => {
    const fixture = folder.json<Fixtures>("Bidirectional.json")[`wrappers.Bidirectional.${index}`];
    const { input, weights, expected } = fixture;
    const layer = bidirectional({
      forward: options(attrs.layer.config, weights.slice(0, 3)),
      backward: { ...options(attrs.layer.config, weights.slice(3)), goBackwards: true },
      mergeMode: attrs.merge_mode,
    });
    const { outputs } = createModel([layer]).run(batch(input), { semantics: "keras" });
    expect(outputs.shape).toEqual([1, ...expected.shape]);
    expect(deviation(outputs.data, expected.data)).toBeLessThanOrEqual(tolerance);
  });
});
