import { field, type Untrusted } from "../formats/untrusted.ts";
import { type ActivationName, activationOf } from "../layers/activation.ts";
import { elu } from "../layers/elu.ts";
import { hardSigmoid } from "../layers/hardSigmoid.ts";
import type { Layer } from "../layers/layer.ts";
import { leakyRelu } from "../layers/leakyRelu.ts";

const names: Readonly<Record<string, ActivationName>> = {
  linear: "linear",
  relu: "relu",
  elu: "elu",
  selu: "selu",
  gelu: "gelu",
  silu: "silu",
  swish: "silu",
  mish: "mish",
  softplus: "softplus",
  softsign: "softsign",
  tanh: "tanh",
  sigmoid: "sigmoid",
  softmax: "softmax",
  log_softmax: "logSoftmax",
};

/**
 * The activation that Keras calls so; it may stand there as a text, or in Keras 3 as an object with one. The hard sigmoid was
 * another function before Keras 3.
 */
export const kerasActivation = (look: Untrusted, layer: string, said: unknown, keras3: boolean): Layer => {
  const own = (value: unknown): unknown =>
    typeof value === "object" && value !== null
      ? field(value as Readonly<Record<string, unknown>>, "config")
      : value;
  const name = own(said ?? "linear");
  if (typeof name === "string" && Object.hasOwn(names, name)) return activationOf(names[name]!);
  if (name === "hard_sigmoid" && keras3) return hardSigmoid();
  if (name === "leaky_relu") return leakyRelu(0.2);
  throw look.refuse(`one of ${Object.keys(names).join(", ")} as activation of ${layer}`, name);
};

/** The activations that are layers of Keras. */
export const kerasActivationLayer = (
  look: Untrusted,
  name: string,
  className: string,
  config: Readonly<Record<string, unknown>>,
): Layer | undefined => {
  const number = (key: string, otherwise: number) =>
    look.number(`${key} of ${name}`, field(config, key) ?? otherwise);
  switch (className) {
    case "ReLU": {
      const slope = number("negative_slope", 0);
      if (field(config, "max_value") !== undefined || number("threshold", 0) !== 0)
        throw look.refuse(`no max_value and threshold of ${name}`, "one");
      return slope === 0 ? activationOf("relu") : leakyRelu(slope);
    }
    case "LeakyReLU":
      return leakyRelu(number("negative_slope", number("alpha", 0.3)));
    case "ELU":
      return elu(number("alpha", 1));
    case "Softmax":
      return activationOf("softmax");
    default:
      return undefined;
  }
};
