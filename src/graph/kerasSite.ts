import type { KerasLayer } from "../formats/kerasTopology.ts";
import { field, type Untrusted } from "../formats/untrusted.ts";
import type { Layer } from "../layers/layer.ts";
import { kerasActivation } from "./kerasActivation.ts";

/** A weight of Keras: its name, its shape, and where it goes: which columns of which of our parameters, from which of its own. */
export interface KerasWeight {
  readonly name: string;
  readonly shape: readonly number[];
  /** Our parameter or buffer, for each row of blocks of the weight; a bias of two rows goes to two. */
  readonly to: readonly string[];
  /** Which of its blocks of columns is ours, block by block. */
  readonly order: readonly number[];
}

/** A layer of Keras as ours, with the shape that comes out of it: [columns], or [steps, columns]. */
export interface ConvertedLayer {
  readonly layer: Layer;
  readonly shape: readonly number[];
  readonly weights: readonly KerasWeight[];
}

/** What a layer is converted for. */
export interface KerasSite extends KerasLayer {
  readonly look: Untrusted;
  /** The shape that goes in. */
  readonly shape: readonly number[];
  readonly keras3: boolean;
}

/** Makes one of our layers of one of Keras. @throws InvalidInputError for a setting that ours does not have. */
export type Converter = (site: KerasSite) => ConvertedLayer;

export const weight = (
  name: string,
  shape: readonly number[],
  to: string,
  order: readonly number[] = [0],
): KerasWeight => ({
  name,
  shape,
  to: [to],
  order,
});

export const flag = ({ config }: KerasSite, key: string, otherwise: boolean): boolean =>
  (field(config, key) ?? otherwise) === true;

/** Refuses a setting that is not the one that our layer has. */
export const only = ({ look, config, name }: KerasSite, key: string, allowed: readonly unknown[]): void => {
  const value = field(config, key);
  const said = JSON.stringify(value);
  if (value !== undefined && !allowed.some((one) => JSON.stringify(one) === said))
    throw look.refuse(`${JSON.stringify(allowed[0])} as ${key} of ${name}`, said);
};

export const count = ({ look, config, name }: KerasSite, key: string): number =>
  look.count(`${key} of ${name}`, field(config, key));

/** Of a list of one, as Keras writes the sizes of a kernel of one dimension. */
export const single = ({ look, config, name }: KerasSite, key: string): number => {
  const value = field(config, key) ?? 1;
  return look.count(`${key} of ${name}`, Array.isArray(value) && value.length === 1 ? value[0] : value);
};

export const flat = ({ look, shape, name }: KerasSite): number => {
  if (shape.length === 1) return shape[0]!;
  throw look.refuse(`rows without steps for ${name}`, shape.join(" × "));
};

export const stepped = ({ look, shape, name }: KerasSite): readonly [number, number] => {
  if (shape.length === 2) return shape as readonly [number, number];
  throw look.refuse(`steps × columns for ${name}`, shape.join(" × "));
};

export const activationIn = ({ look, name, config, keras3 }: KerasSite): { readonly activation?: Layer } => {
  const f = kerasActivation(look, name, field(config, "activation"), keras3);
  return f.type === "linear" ? {} : { activation: f };
};

export const plain = (layer: Layer, shape: readonly number[]): ConvertedLayer => ({
  layer,
  shape,
  weights: [],
});
