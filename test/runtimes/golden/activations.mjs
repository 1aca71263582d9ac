import { denseOptions, gruOptions } from "./layers.mjs";
import { hashRun } from "./result.mjs";

const activations = [
  ..."linear sigmoid tanh relu hard_sigmoid hard_sigmoid_0.2 leaky_relu elu selu softplus softsign relu6".split(" "),
  ..."silu gelu gelu_tanh mish exponential affine thresholded_relu".split(" "),
  { name: "leaky_relu", alpha: 0.0625 },
  { name: "affine", alpha: 0.5, beta: 0.25 },
  { name: "thresholded_relu", alpha: 0.125 },
  { name: "scaled_tanh", alpha: 0.75, beta: 1.5 },
];

const title = (activation) =>
  typeof activation === "string"
    ? activation
    : `${activation.name} ${activation.alpha} ${activation.beta ?? ""}`.trim();

/** Bit patterns over all of f32 at equal distance: every exponent, both signs, both zeros, infinities and NaNs. */
function everyExponent() {
  const words = new Uint32Array(1024);
  for (let i = 0; i < words.length; i++) words[i] = i * 0x00400000 + i * 4099;
  words[512] = 0x80000000;
  return new Float32Array(words.buffer);
}

/** From 2⁻³⁰ to 8, both signs: where no function gives a denormal. */
function everydayNumbers() {
  const words = new Uint32Array(33 * 16);
  for (let i = 0; i < words.length; i++) words[i] = (i << 31) | ((97 + (i % 33)) << 23) | ((i * 262_147) & 0x7fffff);
  return new Float32Array(words.buffer);
}

function alone({ createModel, dense }, activation, data) {
  const model = createModel([dense({ units: 1, kernel: [[1]], activation })]);
  return hashRun(model.run({ data, shape: [1, data.length, 1] }));
}

/** Every activation over numbers that are denormal, or become so, among all others. */
export const denormalModels = activations.map((activation) => ({
  name: `activation ${title(activation)} over all of f32`,
  run: (library) => alone(library, activation, everyExponent()),
}));

/** Every activation: alone, as the candidate's and as the gates', in both reset modes. */
export const activationModels = activations.flatMap((activation) => [
  {
    name: `activation ${title(activation)}`,
    run: (library) => alone(library, activation, everydayNumbers()),
  },
  ...[true, false].map((resetAfter) => ({
    name: `activation ${title(activation)} in a GRU, reset ${resetAfter ? "after" : "before"}`,
    run: ({ createModel, gru }, random) => {
      const model = createModel([
        gru(gruOptions(random, 3, 5, { activation, resetAfter })),
        gru(gruOptions(random, 5, 4, { recurrentActivation: activation, resetAfter, clip: 4 })),
      ]);
      return hashRun(model.run(random.tensor([3, 7, 3])));
    },
  })),
]);

/** Softmax, over less than a vector, vectors, and tails. */
export const softmaxModels = [1, 3, 4, 10, 33].map((units) => ({
  name: `softmax over ${units}`,
  run: ({ createModel, dense }, random) => {
    const model = createModel([dense(denseOptions(random, 6, units, { activation: "softmax" }))]);
    return hashRun(model.run(random.tensor([2, 5, 6], 8)));
  },
}));
