import { field } from "../formats/untrusted.ts";
import { dropout } from "../layers/dropout.ts";
import { embedding } from "../layers/embedding.ts";
import { gru } from "../layers/gru.ts";
import type { Layer } from "../layers/layer.ts";
import { linear } from "../layers/linear.ts";
import { lstm } from "../layers/lstm.ts";
import { kerasActivation, kerasActivationLayer } from "./kerasActivation.ts";
import { kerasConv1d } from "./kerasConv1d.ts";
import { kerasDense } from "./kerasDense.ts";
import { kerasNormalization } from "./kerasNormalization.ts";
import { kerasRecurrent } from "./kerasRecurrent.ts";
import { kerasReshape } from "./kerasReshape.ts";
import {
  type ConvertedLayer,
  type Converter,
  count,
  flat,
  type KerasSite,
  only,
  plain,
  weight,
} from "./kerasSite.ts";

const converters: Readonly<Record<string, Converter>> = {
  Dense: kerasDense,
  Conv1D: kerasConv1d,
  GRU: kerasRecurrent(gru, [1, 0, 2]),
  LSTM: kerasRecurrent(lstm, [0, 1, 2, 3]),
  Embedding: (site) => {
    only(site, "mask_zero", [false]);
    const [size, width] = [count(site, "input_dim"), count(site, "output_dim")];
    return {
      layer: embedding(size, width),
      shape: [flat(site), width],
      weights: [weight("embeddings", [size, width], "W")],
    };
  },
  LayerNormalization: kerasNormalization,
  BatchNormalization: kerasNormalization,
  Dropout: (site) => {
    const rate = site.look.number(`rate of ${site.name}`, field(site.config, "rate"));
    return plain(dropout(rate), site.shape);
  },
  Flatten: (site) => plain(linear(), [site.shape.reduce((product, n) => product * n, 1)]),
  Reshape: kerasReshape,
  Rescaling: (site) => {
    only(site, "scale", [1]);
    only(site, "offset", [0]);
    return plain(linear(), site.shape);
  },
  Activation: (site) => {
    const { look, name, config, keras3 } = site;
    return activated(site, kerasActivation(look, name, field(config, "activation"), keras3));
  },
};

/** An activation by itself; what goes along a row would go over all of its steps. */
const activated = (site: KerasSite, layer: Layer): ConvertedLayer => {
  if (layer.type === "softmax" || layer.type === "logSoftmax") {
    only(site, "axis", [-1, 1]);
    flat(site);
  }
  return plain(layer, site.shape);
};

/** A layer of Keras with one input as ours. @throws InvalidInputError for one that we do not have, naming it. */
export const kerasLayer: Converter = (site) => {
  const { look, className, name, config } = site;
  if (Object.hasOwn(converters, className)) return converters[className]!(site);
  const activation = kerasActivationLayer(look, name, className, config);
  if (activation) return activated(site, activation);
  const known = [
    ...Object.keys(converters),
    "ReLU",
    "LeakyReLU",
    "ELU",
    "Softmax",
    "Add",
    "Multiply",
    "Concatenate",
  ];
  throw look.refuse(`layers that are one of ${known.join(", ")}`, `${className} (${name})`);
};
