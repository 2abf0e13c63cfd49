import { type Observable, ReplaySubject, type Unsubscribable } from "rxjs";
import type { Model } from "../graph/model.ts";
import { isInvalidInput, knownOptions, whole } from "../math/invalid.ts";

/** What was refused, and why. */
export interface Quarantined {
  /** An event, a sample, or a batch: what the one that refused it had got. */
  readonly item: unknown;
  readonly reason: Error;
  /** How many had been refused before. */
  readonly position: number;
}

/** How many were refused: all of them, and for each reason, `minibatch(32) expects finite numbers in x` for example. */
export interface QuarantineCounts {
  readonly total: number;
  readonly byReason: ReadonlyMap<string, number>;
}

/** A place for bad data. */
export interface Quarantine {
  /** Takes in an item: give it as `rejected` to `encode` and `minibatch`. It needs no `this`. */
  readonly put: (item: unknown, reason: Error) => void;
  /** Takes in the batches that a model refuses, until it is disposed of. */
  readonly watch: (model: Pick<Model, "rejected$">) => Unsubscribable;
  /** What comes in, after the last `keep` that came before. It never ends. */
  readonly refused$: Observable<Quarantined>;
  readonly counts: () => QuarantineCounts;
}

/** Reasons that are counted by name. Bad data can make up new ones, and must not fill the memory. */
const most = 100;

/**
 * A quarantine: one stream of all that a pipeline has refused, with the reasons, and counters. It keeps the last `keep`
 * items, 100 unless told otherwise, and shares them among all who subscribe.
 * @throws InvalidInputError on options that are none.
 * @example
 * const bad = quarantine();
 * bad.watch(net);
 * events$.pipe(minibatch(32, { onInvalid: "skip", rejected: bad.put }), train(net, { loss, optimizer, onInvalid: "skip" }));
 * bad.refused$.subscribe(({ item, reason }) => log.warn(item, reason.message));
 */
export const quarantine = (options: { readonly keep?: number } = {}): Quarantine => {
  knownOptions("quarantine()", options, ["keep"]);
  const { keep = 100 } = options;
  whole("quarantine()", "keep", keep);
  const refused = new ReplaySubject<Quarantined>(keep);
  const byReason = new Map<string, number>();
  let total = 0;
  const put = (item: unknown, reason: Error): void => {
    const named = reasonOf(reason);
    const name = byReason.has(named) || byReason.size < most ? named : "other reasons";
    byReason.set(name, (byReason.get(name) ?? 0) + 1);
    refused.next({ item, reason, position: total++ });
  };
  return {
    put,
    watch: (model) => model.rejected$.subscribe(({ batch, error }) => put(batch, error)),
    refused$: refused.asObservable(),
    counts: () => ({ total, byReason: new Map(byReason) }),
  };
};

/** By what refusals are counted: who expected what. */
export const reasonOf = (reason: Error): string =>
  isInvalidInput(reason) ? `${reason.actor} expects ${reason.expected}` : reason.name;
