import { invalid, inWords } from "../math/invalid.ts";
import { elu } from "./elu.ts";
import { gelu } from "./gelu.ts";
import { hardSigmoid } from "./hardSigmoid.ts";
import type { Layer } from "./layer.ts";
import { leakyRelu } from "./leakyRelu.ts";
import { linear } from "./linear.ts";
import { logSoftmax } from "./logSoftmax.ts";
import { mish } from "./mish.ts";
import { relu } from "./relu.ts";
import { selu } from "./selu.ts";
import { sigmoid } from "./sigmoid.ts";
import { silu } from "./silu.ts";
import { softmax } from "./softmax.ts";
import { softplus } from "./softplus.ts";
import { softsign } from "./softsign.ts";
import { tanh } from "./tanh.ts";

/** An activation by its name, with its default options. */
export type ActivationName =
  | "linear"
  | "relu"
  | "leakyRelu"
  | "elu"
  | "selu"
  | "gelu"
  | "silu"
  | "mish"
  | "softplus"
  | "softsign"
  | "tanh"
  | "sigmoid"
  | "hardSigmoid"
  | "softmax"
  | "logSoftmax";

const activations: Readonly<Record<ActivationName, () => Layer>> = {
  linear,
  relu,
  leakyRelu,
  elu,
  selu,
  gelu,
  silu,
  mish,
  softplus,
  softsign,
  tanh,
  sigmoid,
  hardSigmoid,
  softmax,
  logSoftmax,
};

/** An activation: a layer without parameters, or the name of one. */
export type Activation = ActivationName | Layer;

/** The layer that a name stands for. @throws InvalidInputError for an unknown name, listing the known ones. */
export const activationOf = (activation: Activation, actor = "activation"): Layer => {
  if (typeof activation === "string" && Object.hasOwn(activations, activation))
    return activations[activation]();
  if (typeof activation === "object" && activation?.kind === "layer") return activation;
  const known = Object.keys(activations).join(", ");
  throw invalid(actor, `a layer or one of ${known} as activation`, inWords(activation));
};
