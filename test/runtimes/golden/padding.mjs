import { gruOptions } from "./layers.mjs";
import { hashRun } from "./result.mjs";

const presets = ["tf1", "keras", "keras-jax", "onnx", "pytorch", "tfjs"];

const stacks = {
  forward: ({ gru }, random) => [gru(gruOptions(random, 3, 5))],
  backward: ({ gru }, random) => [gru(gruOptions(random, 3, 5, { goBackwards: true }))],
  "bidirectional, then the last output": ({ gru, bidirectional }, random) => [
    bidirectional({ forward: gruOptions(random, 3, 4), backward: gruOptions(random, 3, 4, { resetAfter: false }) }),
    gru(gruOptions(random, 8, 5, { returnSequences: false, zeroOutputForMask: true })),
  ],
};

/** Every preset over lengths and over masks with holes, from states that are not zero. */
export const presetModels = presets.flatMap((semantics) =>
  Object.entries(stacks).map(([title, layers]) => ({
    name: `${semantics}: ${title}`,
    run: (library, random) => {
      const model = library.createModel(layers(library, random));
      const [rows, steps] = [4, 6];
      const units = title.startsWith("bi") ? [4, 4, 5] : [5];
      const initialState = units.map((count) => random.tensor([rows, count]));
      // PyTorch refuses a row without a step.
      const lengths = [6, 4, 1, semantics === "pytorch" ? 2 : 0];
      const hash = hashRun(model.run(random.tensor([rows, steps, 3]), { lengths, semantics, initialState }));
      const mask = random.mask(rows, steps);
      return hashRun(model.run(random.tensor([rows, steps, 3]), { mask, semantics, initialState }), hash);
    },
  })),
);

/** Every merge mode, sequences and last outputs. */
export const mergeModels = ["concat", "sum", "mul", "ave", "none"].flatMap((mergeMode) =>
  [true, false].map((returnSequences) => ({
    name: `bidirectional ${mergeMode}, ${returnSequences ? "sequences" : "last outputs"}`,
    run: ({ createModel, bidirectional }, random) => {
      const model = createModel([
        bidirectional({
          forward: gruOptions(random, 4, 7, { returnSequences }),
          backward: gruOptions(random, 4, 7, { returnSequences }),
          mergeMode,
        }),
      ]);
      return hashRun(model.run(random.tensor([3, 6, 4]), { mask: random.mask(3, 6) }));
    },
  })),
);

/** Rules set one by one. */
export const ruleModels = [
  { paddedOutput: { value: 0.25 }, emptyState: "zero" },
  { paddedOutput: "carry-state", backwardsOrder: "input", lastOutput: "state" },
  { preset: "onnx", longLength: "clamp", negativeLength: "zero" },
].map((semantics) => ({
  name: `semantics ${Object.entries(semantics)
    .map(([rule, value]) => `${rule} ${value.value ?? value}`)
    .join(", ")}`,
  run: ({ createModel, gru }, random) => {
    const model = createModel([
      gru(gruOptions(random, 3, 4, { goBackwards: true })),
      gru(gruOptions(random, 4, 6, { returnSequences: false })),
    ]);
    const lengths = semantics.longLength ? [9, -1, 3] : [5, 0, 3];
    return hashRun(model.run(random.tensor([3, 5, 3]), { lengths, semantics }));
  },
}));
