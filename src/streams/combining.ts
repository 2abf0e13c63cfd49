import type { Combined } from "../folds/combined.ts";
import type { Model } from "../graph/model.ts";
import { takePartBeside } from "../graph/parts.ts";
import type { Fold } from "../math/fold.ts";
import { invalid } from "../math/invalid.ts";

/** The combination of a pool, and what it has come to. */
export interface Combining {
  /** Of the fold. */
  state: unknown;
  /** Of the next step. */
  id: number;
  /** Goes on from what was loaded with the first of the models, and is saved with it; the function that it returns ends all. */
  beginWith(members: readonly { readonly model: Model; readonly engine: { close(): void } }[]): () => void;
}

/** Begins anew, or from a state that was kept, which counts more than one that was loaded. @throws InvalidInputError for one of others. */
export const combining = (
  actor: string,
  names: readonly string[],
  fold: Fold<readonly number[], Combined>,
  kept: unknown,
): Combining => {
  const given = structuredClone(kept);
  const own: Combining = {
    state: given ?? fold.init(),
    id: 0,
    beginWith: (members) => {
      const all = {
        close: () => {
          for (const { engine } of members) engine.close();
        },
      };
      const close = takePartBeside(all, members[0]!.model.weights.parts, {
        source: `combination of ${names.join(", ")}`,
        optional: true,
        get: () => ({ state: own.state, id: own.id }),
        set: (saved) => {
          ({ state: own.state, id: own.id } = saved as Combining);
        },
      });
      own.state = given ?? own.state;
      return close;
    },
  };
  const { length } = fold.read(own.state).weights;
  if (length !== names.length)
    throw invalid(actor, `a combination of ${names.length} learners`, `one of ${length}`);
  return own;
};
