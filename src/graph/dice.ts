import type { Model } from "./model.ts";

/** The random state of the layers that roll dice in training: a batch that is refused on the way gives its numbers back. */
export interface Dice {
  keep(): void;
  restore(): void;
}

/** The dice of a model. */
export const dice = ({ nodes, weights }: Model): Dice => {
  const live = [
    ...new Set(nodes.filter(({ layer }) => layer.modal).map(({ layer }) => weights.of(layer))),
  ].map(({ random }) => random.state);
  const kept = live.map((state) => state.slice());
  return {
    keep: () => {
      for (let i = 0; i < live.length; i++) kept[i]!.set(live[i]!);
    },
    restore: () => {
      for (let i = 0; i < live.length; i++) live[i]!.set(kept[i]!);
    },
  };
};
