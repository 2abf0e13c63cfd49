import {
  from,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type SchedulerLike,
  Subject,
  Subscriber,
  type Subscription,
} from "rxjs";
import type { PerKeyOptions } from "../folds/perKey.ts";
import { turns } from "../graph/turns.ts";
import { finite, invalid, knownOptions, whole } from "../math/invalid.ts";
import { recency } from "../math/recency.ts";
import { receive } from "./receive.ts";

export interface KeyedOptions<Item, Key> extends PerKeyOptions<Item> {
  /** The clock for `idle` in ms; keys then go when their time has come, and not only as items come. */
  readonly scheduler?: SchedulerLike;
  /** Hears of each key that goes. */
  readonly onEvict?: (key: Key) => void;
}

interface Lane<Item, Out> {
  readonly items: Subject<Item>;
  /** Who listens to what comes of them. */
  readonly inner: Subscriber<Out>;
}

/**
 * An operator of its own for each key: `project` is called at a key's first item with the stream of its items, and what comes of all
 * of them comes out. As `groupBy` with `mergeMap`, but a key that is idle or one too many is evicted: its items complete, what
 * comes of that still comes out, and everything of it is let go; when it comes back it starts anew. An item that is pushed while
 * another is handled waits its turn. When the source completes, all items do, and the end waits for what still comes of them.
 *
 * Hand-written, because `mergeAll` looks for each stream that ends in the list of all: with thousands of keys, most of the time.
 * @throws InvalidInputError (as an error of the stream) on a moment that is not finite.
 * @example
 * readings$.pipe(
 *   keyed((e) => e.device, (e$) => e$.pipe(windowed(8, { of: (e) => [e.celsius] })), { maxKeys: 10_000, idle: 3_600_000, moment: (e) => e.at }),
 * );
 */
export const keyed = <Item, Key, Out>(
  key: (item: Item) => Key,
  project: (item$: Observable<Item>, key: Key) => ObservableInput<Out>,
  options: KeyedOptions<NoInfer<Item>, NoInfer<Key>> = {},
): OperatorFunction<Item, Out> => {
  knownOptions(actor, options, ["maxKeys", "idle", "moment", "scheduler", "onEvict"]);
  const { maxKeys = 10_000, idle = Number.POSITIVE_INFINITY, moment, scheduler, onEvict } = options;
  whole(actor, "maxKeys", maxKeys);
  if (idle !== Number.POSITIVE_INFINITY) finite(actor, "idle", idle, { min: Number.MIN_VALUE });
  if (moment && scheduler) throw invalid(actor, "one clock for idle", "a moment and a scheduler");
  const counting = !moment && !scheduler;
  const lanes = recency<Key, Lane<Item, Out>>();

  return (source) =>
    new Observable((out) => {
      const kept = lanes.init();
      const active = new Set<Subscriber<Out>>();
      let ended = false;
      const { turn } = turns();
      let clock = counting ? 0 : Number.NEGATIVE_INFINITY;
      let timer: Subscription | undefined;
      const settle = (): void => {
        if (ended && active.size === 0) out.complete();
      };
      const evictOldest = (): void => {
        const { key: gone, value } = lanes.dropOldest(kept)!;
        value.items.complete();
        value.inner.complete();
        onEvict?.(gone);
      };
      const evictIdle = (now: number): void => {
        for (let old = lanes.oldest(kept); old && now - old.at >= idle; old = lanes.oldest(kept))
          evictOldest();
      };
      const open = (k: Key): Lane<Item, Out> => {
        const items = new Subject<Item>();
        const inner = new Subscriber<Out>({
          next: (value) => out.next(value),
          error: (error: unknown) => out.error(error),
          complete: () => {
            active.delete(inner);
            settle();
          },
        });
        const lane = { items, inner };
        active.add(inner);
        lanes.use(kept, k, lane, clock);
        from(project(items.asObservable(), k)).subscribe(inner);
        return lane;
      };
      /** A timer is set once for the oldest key; those used since then are looked at when it fires. */
      const watch = (): void => {
        const old = lanes.oldest(kept);
        if (timer || !scheduler || !old || idle === Number.POSITIVE_INFINITY) return;
        timer = scheduler.schedule(
          () => turn(sweep, undefined),
          Math.max(0, old.at + idle - scheduler.now()),
        );
        out.add(timer);
      };
      const guarded =
        <T>(job: (item: T) => void) =>
        (item: T): void => {
          if (out.closed) return;
          try {
            job(item);
          } catch (error) {
            out.error(error);
          }
        };
      const sweep = guarded(() => {
        if (timer) out.remove(timer);
        timer = undefined;
        evictIdle(scheduler!.now());
        watch();
      });
      const take = guarded((item: Item) => {
        const k = key(item);
        if (moment) clock = Math.max(clock, finite(actor, "moment", moment(item)));
        if (scheduler) clock = scheduler.now();
        evictIdle(clock);
        if (counting) clock++;
        const known = lanes.find(kept, k);
        if (known) lanes.use(kept, k, known.value, clock);
        else if (lanes.size(kept) === maxKeys) evictOldest();
        if (out.closed) return;
        (known?.value ?? open(k)).items.next(item);
        watch();
      });
      const finish = guarded(() => {
        timer?.unsubscribe();
        for (let old = lanes.dropOldest(kept); old; old = lanes.dropOldest(kept)) old.value.items.complete();
        ended = true;
        settle();
      });
      out.add(() => {
        for (const inner of active) inner.unsubscribe();
      });
      receive(source, out, {
        next: (item) => turn(take, item),
        error: (error) => turn((e) => out.error(e), error),
        complete: () => turn(finish, undefined),
      });
    });
};

const actor = "keyed()";
