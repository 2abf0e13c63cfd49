import { field } from "../formats/untrusted.ts";
import { batchNorm } from "../layers/batchNorm.ts";
import type { Layer } from "../layers/layer.ts";
import { layerNorm } from "../layers/layerNorm.ts";
import {
  type ConvertedLayer,
  type Converter,
  flag,
  flat,
  type KerasSite,
  type KerasWeight,
  only,
  weight,
} from "./kerasSite.ts";

const normal = (
  site: KerasSite,
  layer: Layer,
  columns: number,
  more: readonly KerasWeight[],
): ConvertedLayer => {
  only(site, "axis", [-1, [-1], 1, [1]]);
  only(site, "rms_scaling", [false]);
  const ours = [
    ["scale", "gamma"],
    ["center", "beta"],
  ] as const;
  const learned = ours
    .filter(([key]) => flag(site, key, true))
    .map(([, name]) => weight(name, [columns], name));
  return { layer, shape: site.shape, weights: [...learned, ...more] };
};

const epsilon = ({ look, config, name }: KerasSite) => ({
  epsilon: look.number(`epsilon of ${name}`, field(config, "epsilon") ?? 1e-3),
});

/** LayerNormalization of rows. */
const ofRows: Converter = (site) => normal(site, layerNorm(flat(site), epsilon(site)), flat(site), []);

/** BatchNormalization of rows; its momentum is what stays, ours what comes. */
const ofColumns: Converter = (site) => {
  const width = flat(site);
  const momentum = 1 - site.look.number(`momentum of ${site.name}`, field(site.config, "momentum") ?? 0.99);
  return normal(site, batchNorm(width, { ...epsilon(site), momentum }), width, [
    weight("moving_mean", [width], "mean"),
    weight("moving_variance", [width], "variance"),
  ]);
};

/** LayerNormalization and BatchNormalization, of rows without steps. */
export const kerasNormalization: Converter = (site) =>
  site.className === "LayerNormalization" ? ofRows(site) : ofColumns(site);
