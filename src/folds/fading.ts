import type { Fold } from "../math/fold.ts";
import { finite, invalid } from "../math/invalid.ts";
import { isFadable } from "./fadable.ts";

/**
 * A fold of which older items count for less: before each item, all sums are multiplied by α (Gama, Sebastião & Rodrigues,
 * 2013: S ← L + α·S, B ← 1 + α·B, P = S / B). It remembers nothing else, and sees a drift sooner than a window as long.
 * It fades by items, not by rows: a batch is one item.
 * @throws InvalidInputError here, when the fold keeps more than sums (such as the rows of an exact `auc()`).
 * @example fading(0.999, accuracy())
 */
export const fading = <Item, Reading, State>(
  alpha: number,
  fold: Fold<Item, Reading, State>,
): Fold<Item, Reading, State> => {
  finite(actor, "alpha", alpha, { min: Number.MIN_VALUE, max: 1 });
  if (!isFadable(fold))
    throw invalid(
      actor,
      "a fold with fade, such as accuracy() or mae() (a window will do for others: rolling)",
      `one without, that keeps { ${Object.keys(fold.init() as object).join(", ")} }`,
    );
  return {
    init: () => fold.init(),
    step: (state, item) => fold.step(fold.fade(state, alpha), item),
    read: (state) => fold.read(state),
  };
};

const actor = "fading()";
