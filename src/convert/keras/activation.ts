import type { ActivationOption } from "../../activation.ts";
import { Config, isJson, unsupported, write } from "./config.ts";
import type { Dialect } from "./dialect.ts";

/** Names that mean the same in every Keras and in TF.js. */
const same = [
  "linear",
  "sigmoid",
  "tanh",
  "relu",
  "elu",
  "selu",
  "softplus",
  "softsign",
  "relu6",
  "silu",
  "swish",
  "gelu",
  "gelu_new",
  "mish",
  "exponential",
] as const;

/**
 * An `activation` of a configuration, by the meaning that it has in the version that wrote it.
 *
 * @param value a name, null for linear, or a serialized function or layer
 * @throws CongruentError `unsupported`
 */
export function readActivation(value: unknown, dialect: Dialect, where: string): ActivationOption | "softmax" {
  if (value === null) return "linear";
  if (isJson(value)) return readSerialized(value, dialect, where);
  if (value === "softmax") return value;
  if (value === "hard_sigmoid" || value === "hardSigmoid") {
    return dialect.major === 3 ? "hard_sigmoid" : "hard_sigmoid_0.2";
  }
  // `tf.nn.leaky_relu` and Keras 3's have the same slope.
  if (value === "leaky_relu" && !dialect.standalone && !dialect.tfjs) return { name: "leaky_relu", alpha: 0.2 };
  const name = same.find((known) => known === value);
  if (name === undefined) throw unsupported(where, `activation ${write(value)} is not known here`);
  return name;
}

/** An activation written down as an object: a function's name, or a layer with its parameters. */
function readSerialized(
  value: { readonly [key: string]: unknown },
  dialect: Dialect,
  where: string,
): ActivationOption | "softmax" {
  const { class_name: kind, config } = value;
  if (kind === "function" && typeof config === "string") return readActivation(config, dialect, where);
  if (typeof kind === "string" && isJson(config)) {
    const layer = readActivationLayer(kind, new Config(config, where));
    if (layer !== null) return layer;
  }
  throw unsupported(where, `activation ${write(value)} is not known here`);
}

/** The activation that a layer of Keras computes, which is that layer's whole work; null for any other layer. */
export function readActivationLayer(kind: string, config: Config): ActivationOption | "softmax" | null {
  const done = <T>(activation: T): T => {
    config.close();
    return activation;
  };
  switch (kind) {
    case "LeakyReLU":
      return done({ name: "leaky_relu", alpha: config.number(0.3, "negative_slope", "alpha") });
    case "ELU":
      return done({ name: "elu", alpha: config.number(1, "alpha") });
    case "ReLU": {
      const slope = config.number(0, "negative_slope");
      const most = config.any("max_value") ?? null;
      config.only("threshold", [0], "is not known here");
      if (slope !== 0 && most !== null) throw unsupported(config.where, "ReLU with a slope and a bound");
      if (most !== null && most !== 6) throw unsupported(config.where, `ReLU with max_value ${write(most)}`);
      return done(most === 6 ? "relu6" : slope === 0 ? "relu" : { name: "leaky_relu", alpha: slope });
    }
    case "Softmax": {
      const axis = config.any("axis") ?? -1;
      if (axis !== -1) throw unsupported(config.where, `softmax over axis ${write(axis)}`);
      return done("softmax");
    }
    default:
      return null;
  }
}
