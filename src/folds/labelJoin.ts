import { type Recency, recency } from "../math/recency.ts";
import { type LabelCounts, noLabels } from "./labelCounts.ts";
import type { LabelKey, Labelled } from "./labelled.ts";

/** A prediction, and the how-manieth it was. */
interface Waiting<Item> {
  readonly item: Item;
  readonly order: number;
}

/** Plain data. */
export interface LabelJoinState<Item, Label> {
  readonly pending: Recency<LabelKey, Waiting<Item>>;
  readonly early: Recency<LabelKey, Label>;
  /** Keys that are done with, and whether a label was applied to them. */
  readonly settled: Recency<LabelKey, boolean>;
  readonly counts: { -readonly [Name in keyof LabelCounts]: number };
  /** How many predictions came, and the latest that was joined. */
  items: number;
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

  const waiting = recency<LabelKey, Waiting<Item>>();
  const ahead = recency<LabelKey, Label>();
  const done = recency<LabelKey, boolean>();

  const settle = ({ settled }: State, key: LabelKey, joined: boolean): void => {
    done.use(settled, key, joined, 0);
    if (done.size(settled) > maxSettled) done.dropOldest(settled);
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
      pending: waiting.init(),
      early: ahead.init(),
      settled: done.init(),
      counts: { ...noLabels },
      items: 0,
      newest: -1,
    }),
    item: (state, key, item, now) => {
      const { pending, early, settled, counts } = state;
      if (waiting.find(pending, key) || done.find(settled, key)) {
        counts.repeated++;
        return undefined;
      }
      const order = state.items++;
      const label = ahead.take(early, key);
      if (label) return join(state, key, item, order, label.value, 0);
      waiting.use(pending, key, { item, order }, now);
      if (waiting.size(pending) > maxPending) {
        counts.evicted++;
        settle(state, waiting.dropOldest(pending)!.key, false);
      }
      return undefined;
    },
    label: (state, key, label, now) => {
      const { pending, early, settled, counts } = state;
      const found = waiting.take(pending, key);
      if (found) return join(state, key, found.value.item, found.value.order, label, now - found.at);
      const before = done.find(settled, key);
      if (before) before.value ? counts.duplicate++ : counts.late++;
      else if (ahead.find(early, key)) counts.duplicate++;
      else {
        ahead.use(early, key, label, now);
        if (ahead.size(early) > maxEarly) {
          ahead.dropOldest(early);
          counts.unknown++;
        }
      }
      return undefined;
    },
    expire: (state, now) => {
      const { pending, early, counts } = state;
      for (let first = ahead.oldest(early); first && first.at + ttl <= now; first = ahead.oldest(early)) {
        ahead.dropOldest(early);
        counts.unknown++;
      }
      const first = waiting.oldest(pending);
      if (!first || first.at + ttl > now) return undefined;
      waiting.dropOldest(pending);
      counts.expired++;
      settle(state, first.key, false);
      return { item: first.value.item, waited: now - first.at };
    },
    due: ({ pending, early }) => ttl + Math.min(since(waiting.oldest(pending)), since(ahead.oldest(early))),
    read: ({ counts, pending, early }) => ({
      ...counts,
      pending: waiting.size(pending),
      early: ahead.size(early),
    }),
  };
};

const since = (entry: { readonly at: number } | undefined): number => entry?.at ?? Number.POSITIVE_INFINITY;
