import { invalid, inWords } from "../math/invalid.ts";
import { isSparse, type Sparse, stacked } from "../math/sparse.ts";
import { copyOfItem } from "./copyOfItem.ts";
import type { Sample, SparseSample } from "./sample.ts";

/** An item as a sample, as it is now: a copy, whatever becomes of its arrays. @throws InvalidInputError */
export const ownSample = (actor: string, item: unknown): Sample | SparseSample => {
  if (typeof item !== "object" || item === null) throw invalid(actor, "samples { x, y }", inWords(item));
  const { x, y, weight, renewed } = item as Sample | SparseSample;
  return {
    x: isSparse(x as Sparse) ? stacked([x as Sparse]) : copyOfItem(x),
    y: copyOfItem(y),
    ...(weight === undefined ? {} : { weight }),
    ...(renewed ? { renewed } : {}),
  } as Sample | SparseSample;
};
