import { invalid } from "../math/invalid.ts";

/** What a fold over the losses of several learners says of them. */
export interface Combined {
  /** How much each counts; they sum to 1. */
  readonly weights: readonly number[];
  /** The index of the one that counts most. */
  readonly champion: number;
  /** The indices of those whose loss was not finite: they count nothing from then on. */
  readonly failed: readonly number[];
}

/**
 * Refuses losses that are not one a learner, and notes in `failed` those that have just become NaN or infinite.
 * @throws InvalidInputError when no learner is left whose loss is finite, before anything changes.
 */
export const noteFailures = (
  actor: string,
  count: number,
  losses: readonly number[],
  failed: number[],
): void => {
  if (losses?.length !== count)
    throw invalid(actor, `${count} losses, one a learner`, String(losses?.length ?? losses));
  const lost = losses.flatMap((loss, i) => (Number.isFinite(loss) || failed.includes(i) ? [] : [i]));
  if (failed.length + lost.length === count)
    throw invalid(actor, "a finite loss of at least one learner", losses.join(", "));
  failed.push(...lost);
};

/** The index of the largest of some numbers, the first of equals. */
export const largest = (of: readonly number[]): number => of.indexOf(Math.max(...of));
