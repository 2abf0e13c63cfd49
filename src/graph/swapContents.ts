import { invalid } from "../math/invalid.ts";
import { putBack, snapshot } from "./snapshot.ts";
import type { Weights } from "./weights.ts";

/**
 * Two sets of weights of one plan change places, in the memory where they are: weights, running statistics, random states.
 * @throws InvalidInputError when they are not laid out alike, before anything changes.
 */
export const swapContents = (a: Weights, b: Weights): void => {
  for (const vector of ["values", "buffers"] as const)
    if (a[vector].data.length !== b[vector].data.length)
      throw invalid("exchange", `${a[vector].data.length} ${vector}`, String(b[vector].data.length));
  const kept = snapshot(a);
  putBack(a, snapshot(b));
  putBack(b, kept);
  a.layers.forEach(({ random }, i) => {
    const other = b.layers[i]!.random.state;
    const own = random.state.slice();
    random.state.set(other);
    other.set(own);
  });
};
