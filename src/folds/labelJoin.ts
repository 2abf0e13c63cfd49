import { type AgedMap, add, agedMap, drop, oldest, take } from "./agedMap.ts";
import { type LabelCounts, noLabels } from "./labelCounts.ts";
import type { LabelKey, Labelled } from "./labelled.ts";

/** Plain data. */
export interface LabelJoinState<Item, Label> {
  readonly pending: AgedMap<LabelKey, Item>;
  readonly early: AgedMap<LabelKey, Label>;
  /** Keys that are done with, and whether a label was applied to them. */
  readonly settled: AgedMap<LabelKey, boolean>;
  readonly counts: { -readonly [Name in keyof LabelCounts]: number };
  /** The latest prediction that was joined. */
  newest: number;
}

export interface LabelJoinBounds {
  /** How long a prediction waits for its label, and an early label for its prediction. */
  readonly ttl: number;
  readonly maxPending: number;
  readonly maxEarly: number;
  readonly maxSettled: number;
}

/** A join of predictions and labels by key, one step at a time; `now` never goes back. Each step takes O(1), amortised. */
export interface LabelJoin<Item, Label> {
  init(): LabelJoinState<Item, Label>;
  /** Takes a prediction; gives it joined when its label came first. */
  item(
    state: LabelJoinState<Item, Label>,
    key: LabelKey,
    item: Item,
    now: number,
  ): Labelled<Item, Label> | undefined;
  /** Takes a label; gives the prediction joined with it when one waits. */
  label(
    state: LabelJoinState<Item, Label>,
    key: LabelKey,
    label: Label,
    now: number,
  ): Labelled<Item, Label> | undefined;
  /** Takes out one prediction that has waited for `ttl`; undefined when there is no other. To be called before each step. */
  expire(
    state: LabelJoinState<Item, Label>,
    now: number,
  ): { readonly item: Item; readonly waited: number } | undefined;
  /** When something expires next; Infinity when nothing will. */
  due(state: LabelJoinState<Item, Label>): number;
  read(state: LabelJoinState<Item, Label>): LabelCounts;
}

/**
 * Applies each label once at most, to the prediction that has its key, whatever order they come in. Of all that waits, and of
 * the keys that are done with, only so many are kept.
 */
export const labelJoin = <Item, Label>({
  ttl,
  maxPending,
  maxEarly,
  maxSettled,
}: LabelJoinBounds): LabelJoin<Item, Label> => {
  type State = LabelJoinState<Item, Label>;

  const settle = ({ settled }: State, key: LabelKey, joined: boolean): void => {
    add(settled, key, joined, 0);
    if (settled.byKey.size > maxSettled) drop(settled, oldest(settled)!);
  };
  const join = (state: State, key: LabelKey, item: Item, order: number, label: Label, waited: number) => {
    const { counts } = state;
    counts.joined++;
    if (order < state.newest) counts.shuffled++;
    else state.newest = order;
    settle(state, key, true);
    return { item, label, waited, expired: false };
  };

  return {
    init: () => ({
      pending: agedMap(),
      early: agedMap(),
      settled: agedMap(),
      counts: { ...noLabels },
      newest: -1,
    }),
    item: (state, key, item, now) => {
      const { pending, early, settled, counts } = state;
      if (pending.byKey.has(key) || settled.byKey.has(key)) {
        counts.repeated++;
        return undefined;
      }
      const label = take(early, key);
      if (label) return join(state, key, item, pending.next++, label.value, 0);
      add(pending, key, item, now);
      if (pending.byKey.size > maxPending) {
        const first = oldest(pending)!;
        drop(pending, first);
        counts.evicted++;
        settle(state, first.key, false);
      }
      return undefined;
    },
    label: (state, key, label, now) => {
      const { pending, early, settled, counts } = state;
      const waiting = take(pending, key);
      if (waiting) return join(state, key, waiting.value, waiting.order, label, now - waiting.since);
      const done = settled.byKey.get(key);
      if (done) done.value ? counts.duplicate++ : counts.late++;
      else if (early.byKey.has(key)) counts.duplicate++;
      else {
        add(early, key, label, now);
        if (early.byKey.size > maxEarly) {
          drop(early, oldest(early)!);
          counts.unknown++;
        }
      }
      return undefined;
    },
    expire: (state, now) => {
      const { pending, early, counts } = state;
      for (let first = oldest(early); first && first.since + ttl <= now; first = oldest(early)) {
        drop(early, first);
        counts.unknown++;
      }
      const first = oldest(pending);
      if (!first || first.since + ttl > now) return undefined;
      drop(pending, first);
      counts.expired++;
      settle(state, first.key, false);
      return { item: first.value, waited: now - first.since };
    },
    due: ({ pending, early }) =>
      ttl +
      Math.min(
        oldest(pending)?.since ?? Number.POSITIVE_INFINITY,
        oldest(early)?.since ?? Number.POSITIVE_INFINITY,
      ),
    read: ({ counts, pending, early }) => ({
      ...counts,
      pending: pending.byKey.size,
      early: early.byKey.size,
    }),
  };
};
