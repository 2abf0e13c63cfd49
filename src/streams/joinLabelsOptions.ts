import { asyncScheduler, type Observer, type SchedulerLike } from "rxjs";
import type { LabelCounts } from "../folds/labelCounts.ts";
import type { LabelJoinBounds, LabelJoinState } from "../folds/labelJoin.ts";
import type { LabelKey } from "../folds/labelled.ts";
import { finite, invalid, inWords, knownOptions, whole } from "../math/invalid.ts";

/** One function for predictions, and one for labels. */
export interface Both<Item, Label, Read> {
  readonly item: (item: Item) => Read;
  readonly label: (label: Label) => Read;
}

/** A function that serves for both, or one for each. */
export type OfBoth<Item, Label, Read> = ((either: Item | Label) => Read) | Both<Item, Label, Read>;

export interface JoinLabelsOptions<Item, Label> {
  /** What a prediction and its label have in common, and no other prediction has. */
  readonly key: OfBoth<Item, Label, LabelKey>;
  /** How long a prediction waits for its label, and an early label for its prediction; in milliseconds, or in the unit of `moment`. */
  readonly ttl?: number;
  /** When something happens, for replays: the clock is then the latest moment seen, instead of the scheduler's. */
  readonly moment?: OfBoth<Item, Label, number>;
  readonly scheduler?: SchedulerLike;
  /** How many predictions may wait; one more, and the oldest is given up. */
  readonly maxPending?: number;
  /** How many labels may wait for their prediction; one more, and the oldest is given up. */
  readonly maxEarly?: number;
  /** Of how many that are done with the key is remembered, so that duplicate and late labels are known as such; as `maxPending`. */
  readonly maxSettled?: number;
  /** What becomes of a prediction without a label in time: nothing, or the label that this function gives, unless undefined. */
  readonly onExpired?: "drop" | ((item: Item) => NoInfer<Label> | undefined);
  /** Is told, at the start and after each event, what became of all so far: a Subject, or any object with `next`. */
  readonly counts?: Pick<Observer<LabelCounts>, "next">;
  /** Where the state is, if not inside the subscription: so that it can be saved, and gone on from. It begins as `{ state: undefined }`. */
  readonly live?: LiveLabels<Item, Label>;
}

/** What waits for labels, and labels that wait; plain data. */
export interface LiveLabels<Item, Label> {
  state: LabelJoinState<Item, Label> | undefined;
  /** How far time has come. */
  clock?: number;
  /** What has set the clock, while what has expired goes out, and is not in the state itself yet. */
  arriving?: Arriving<Item, Label> | undefined;
}

/** A prediction, or a label. */
export type Arriving<Item, Label> =
  | { readonly side: "item"; readonly value: Item }
  | { readonly side: "label"; readonly value: Label };

/** Options, checked and complete. */
export interface JoinLabelsSettings<Item, Label>
  extends LabelJoinBounds,
    Required<Pick<JoinLabelsOptions<Item, Label>, "scheduler" | "onExpired">>,
    Pick<JoinLabelsOptions<Item, Label>, "counts" | "live"> {
  readonly key: Both<Item, Label, LabelKey>;
  readonly moment: Both<Item, Label, number> | undefined;
}

/** @throws InvalidInputError */
export const joinLabelsSettings = <Item, Label>(
  actor: string,
  options: JoinLabelsOptions<Item, Label>,
): JoinLabelsSettings<Item, Label> => {
  knownOptions(actor, options, names);
  const { key, moment, ttl = Number.POSITIVE_INFINITY, maxPending = 100_000, maxEarly = 10_000 } = options;
  const { maxSettled = maxPending, scheduler = asyncScheduler, onExpired = "drop", counts, live } = options;
  if (ttl !== Number.POSITIVE_INFINITY) finite(actor, "ttl", ttl, { min: 0 });
  whole(actor, "maxPending", maxPending);
  whole(actor, "maxEarly", maxEarly, 0);
  whole(actor, "maxSettled", maxSettled, 0);
  if (onExpired !== "drop" && typeof onExpired !== "function")
    throw invalid(actor, '"drop" or a function that gives a label as onExpired', inWords(onExpired));
  return {
    key: both(actor, "key", key),
    moment: moment && both(actor, "moment", moment),
    ...{ ttl, maxPending, maxEarly, maxSettled, scheduler, onExpired },
    ...(counts ? { counts } : {}),
    ...(live ? { live } : {}),
  };
};

const names = [
  "key",
  "ttl",
  "moment",
  "scheduler",
  "maxPending",
  "maxEarly",
  "maxSettled",
  "onExpired",
  "counts",
  "live",
] as const;

const both = <Item, Label, Read>(
  actor: string,
  name: string,
  given: OfBoth<Item, Label, Read>,
): Both<Item, Label, Read> => {
  const each = typeof given === "function" ? { item: given, label: given } : given;
  if (typeof each?.item === "function" && typeof each.label === "function") return each;
  throw invalid(actor, `a function as ${name}, or { item, label } with one for each`, inWords(given));
};
