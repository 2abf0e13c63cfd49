import { Observable, type Observer, type Subscription } from "rxjs";
import { labelJoin } from "../folds/labelJoin.ts";
import type { LabelKey, Labelled } from "../folds/labelled.ts";
import { finite, invalid, inWords } from "../math/invalid.ts";
import { copyOfItem } from "./copyOfItem.ts";
import {
  type Arriving,
  type JoinLabelsOptions,
  joinLabelsSettings,
  type LiveLabels,
} from "./joinLabelsOptions.ts";
import { receive } from "./receive.ts";

/**
 * Predictions with their labels, which come later, by key: each label is applied once at most, to its prediction as it was when
 * it came (plain data is copied then). Labels may be late, repeated, shuffled, unknown or missing; `counts` tells how many were.
 * What waits is bounded in number, and with `ttl` in time, by one timer at most. Completes when both have; what still waits for
 * a label then had not run out of time, and is not emitted.
 *
 * Hand-written, because it holds state over two streams and a timer.
 * @example
 * joinLabels(predictions$, chargebacks$, {
 *   key: ({ id }) => id,
 *   ttl: 45 * 24 * 3600_000,
 *   onExpired: ({ id }) => ({ id, fraud: 0 }), // nobody complained
 * }).pipe(map(({ item, label }) => ({ x: item.x, y: label.fraud })), minibatch(32), train(net, …));
 * @throws InvalidInputError (as an error of the stream) on a key that is no string or number, and on a moment that is not finite.
 */
export const joinLabels = <Item, Label>(
  predictions$: Observable<Item>,
  labels$: Observable<Label>,
  options: JoinLabelsOptions<Item, Label>,
): Observable<Labelled<Item, Label>> => {
  const { key, moment, scheduler, onExpired, counts, live, ...bounds } = joinLabelsSettings(actor, options);
  const join = labelJoin<Item, Label>(bounds);

  return new Observable((out) => {
    const kept: LiveLabels<Item, Label> = live ?? { state: undefined };
    const state = kept.state ?? join.init();
    kept.state = state;
    const clock = (): number => kept.clock ?? Number.NEGATIVE_INFINITY;
    let timer: Subscription | undefined;
    let open = 2;
    const tell = (): void => counts?.next(join.read(state));
    const attempt = (job: () => void): void => {
      try {
        job();
      } catch (error) {
        out.error(error);
      }
    };
    const advance = (now: number, arriving?: Arriving<Item, Label>): void => {
      kept.clock = Math.max(clock(), now);
      for (
        let gone = join.expire(state, clock());
        gone;
        gone = out.closed ? undefined : join.expire(state, clock())
      ) {
        if (onExpired === "drop") continue;
        const label = onExpired(gone.item);
        if (label === undefined) continue;
        if (arriving) kept.arriving = arriving; // who saves the state on what goes out has it, too
        out.next({ ...gone, label, expired: true });
      }
      if (kept.arriving && !out.closed) kept.arriving = undefined;
    };
    const wake = (): void => {
      timer?.unsubscribe();
      timer = undefined;
      attempt(() => {
        advance(scheduler.now());
        tell();
        watch();
      });
    };
    const watch = (): void => {
      if (moment || timer || out.closed) return;
      const due = join.due(state);
      if (due === Number.POSITIVE_INFINITY) return;
      timer = scheduler.schedule(wake, Math.min(Math.max(due - scheduler.now(), 0), longestTimeout));
      out.add(timer);
    };
    const taking =
      <Value>(
        side: "item" | "label",
        step: (key: LabelKey, value: Value) => Labelled<Item, Label> | undefined,
      ) =>
      (value: Value): void =>
        attempt(() => {
          const own = checkedKey(side, key[side](value as never));
          const arriving = { side, value } as unknown as Arriving<Item, Label>;
          advance(
            moment ? finite(actor, `moment of the ${side}`, moment[side](value as never)) : scheduler.now(),
            arriving,
          );
          if (out.closed) return;
          const joined = step(own, value);
          tell();
          if (joined) out.next(joined);
          watch();
        });
    const observer = <Value>(next: (value: Value) => void): Observer<Value> => ({
      next,
      error: (error) => out.error(error),
      complete: () => {
        if (--open === 0) out.complete();
      },
    });

    const takeItem = taking<Item>("item", (own, item) => join.item(state, own, copyOfItem(item), clock()));
    const takeLabel = taking<Label>("label", (own, label) => join.label(state, own, label, clock()));
    attempt(() => {
      tell();
      watch(); // what was waiting when the state was saved
    });
    const { arriving } = kept; // was, when the state was saved
    if (arriving) arriving.side === "item" ? takeItem(arriving.value) : takeLabel(arriving.value);
    receive(predictions$, out, observer(takeItem));
    receive(labels$, out, observer(takeLabel));
  });
};

const actor = "joinLabels()";
/** What timers can wait for, 25 days: JavaScript takes more for nothing. */
const longestTimeout = 2 ** 31 - 1;

const checkedKey = (side: string, key: LabelKey): LabelKey => {
  if (typeof key === "string" || typeof key === "bigint" || Number.isFinite(key)) return key;
  throw invalid(actor, `a string or a number as key of the ${side}`, inWords(key));
};
