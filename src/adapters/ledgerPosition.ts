import { isPlain } from "../formats/plainData.ts";
import { invalid, inWords, whole } from "../math/invalid.ts";

/** How far the partitions of some sources have been learned from, as plain data: what a checkpoint keeps. */
export interface LedgerPosition {
  /** The last delivery of each partition whose effect is in what was saved, or in `waiting`. */
  readonly at: Readonly<Record<string, unknown>>;
  /** Samples that had come of them and were not learned yet. */
  readonly waiting: readonly unknown[];
  /** How many deliveries that were in all. */
  readonly count: number;
}

/** A position that was saved; of nothing, the beginning. @throws InvalidInputError for what is none. */
export const ledgerPosition = (actor: string, saved: unknown): LedgerPosition => {
  if (saved === undefined) return { at: {}, waiting: [], count: 0 };
  if (!isPlain(saved) || !isPlain(saved.at) || !Array.isArray(saved.waiting))
    throw invalid(actor, "what position() of a ledger has given, as from", inWords(saved));
  const count = whole(actor, "from.count", saved.count as number, 0);
  return { at: saved.at, waiting: saved.waiting, count };
};
