import {
  from,
  Observable,
  type ObservableInput,
  type OperatorFunction,
  type Subscriber,
  type Subscription,
} from "rxjs";
import { turns } from "../graph/turns.ts";
import { finite } from "../math/invalid.ts";
import { recency } from "../math/recency.ts";
import { type KeyedOptions, keyedSettings } from "./keyedOptions.ts";
import { keyedState } from "./keyedState.ts";
import { type KeyLane, keyLane } from "./keyLane.ts";
import type { Live } from "./live.ts";
import { receive } from "./receive.ts";

/**
 * An operator of its own for each key: `project` is called at a key's first item with the stream of its items, and what comes of all
 * of them comes out. As `groupBy` with `mergeMap`, but a key that is idle or one too many is evicted: its items complete, what
 * comes of that still comes out, and everything of it is let go; when it comes back it starts anew. An item that is pushed while
 * another is handled waits its turn. When the source completes, all items do, and the end waits for what still comes of them.
 *
 * With `live`, each key has one of its own, which `project` is given: for its operators, or with several of them by name. A
 * subscription that goes on from it calls `project` for all keys that were kept.
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
  project: (item$: Observable<Item>, key: Key, live: Live<never>) => ObservableInput<Out>,
  options: KeyedOptions<NoInfer<Item>, NoInfer<Key>> = {},
): OperatorFunction<Item, Out> => {
  const { maxKeys, idle, moment, scheduler, onEvict } = keyedSettings(actor, options);
  const counting = !moment && !scheduler;
  const recent = recency<Key, Live<unknown>>();

  return (source) =>
    new Observable((out) => {
      const state = options.live?.state ?? keyedState<Item, Key>(counting ? 0 : Number.NEGATIVE_INFINITY);
      if (options.live) options.live.state = state;
      const { kept } = state;
      const dropped = (): Key => recent.dropOldest(kept)!.key;
      const lanes = new Map<Key, KeyLane<Item, Out>>();
      const active = new Set<Subscriber<Out>>();
      const { turn } = turns();
      let ended = false;
      let timer: Subscription | undefined;
      const settle = (): void => {
        if (ended && active.size === 0) out.complete();
      };
      /** Ends the items of a key; who saves the state on what still comes of them has the key in it, if it keeps anything. */
      const end = (gone: Key): KeyLane<Item, Out> => {
        const lane = lanes.get(gone)!;
        lanes.delete(gone);
        if (lane.live.state !== undefined) state.leaving = [{ key: gone, live: lane.live }];
        lane.items.complete();
        if (!out.closed) state.leaving = [];
        return lane;
      };
      const evict = (gone: Key): void => {
        end(gone).inner.complete();
        onEvict?.(gone);
      };
      const evictIdle = (now: number): void => {
        while (!out.closed && now - (recent.oldest(kept)?.at ?? now) >= idle) evict(dropped());
      };
      const open = (k: Key, live: Live<unknown>): KeyLane<Item, Out> => {
        const lane = keyLane<Item, Out>(live, out, (inner) => {
          active.delete(inner);
          settle();
        });
        active.add(lane.inner);
        lanes.set(k, lane);
        from(project(lane.items.asObservable(), k, live as Live<never>)).subscribe(lane.inner);
        return lane;
      };
      /** A timer is set once for the oldest key; those used since then are looked at when it fires. */
      const watch = (): void => {
        const old = recent.oldest(kept);
        if (timer || !scheduler || !old || idle === Number.POSITIVE_INFINITY) return;
        const wait = Math.max(0, old.at + idle - scheduler.now());
        timer = scheduler.schedule(() => turn(sweep, undefined), wait);
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
      const reopen = guarded(() => {
        for (const entry of kept.slots) if (entry && !out.closed) open(entry.key, entry.value);
        for (const { key: gone, live } of state.leaving ?? []) {
          open(gone, live);
          evict(gone);
        }
        watch();
      });
      const take = guarded((item: Item) => {
        const k = key(item);
        if (moment) state.clock = Math.max(state.clock, finite(actor, "moment", moment(item)));
        if (scheduler) state.clock = scheduler.now();
        state.arriving = [item]; // who saves the state on what comes of those that go has the item in it
        evictIdle(state.clock);
        const known = lanes.get(k);
        if (!known && recent.size(kept) === maxKeys && !out.closed) evict(dropped());
        if (out.closed) return;
        state.arriving = [];
        if (counting) state.clock++;
        const live = known?.live ?? { state: undefined };
        recent.use(kept, k, live, state.clock);
        (known ?? open(k, live)).items.next(item);
        watch();
      });
      const finish = guarded(() => {
        timer?.unsubscribe();
        while (recent.size(kept) > 0 && !out.closed) end(dropped());
        ended = true;
        settle();
      });
      out.add(() => {
        for (const inner of active) inner.unsubscribe();
      });
      turn(reopen, undefined);
      for (const item of state.arriving) turn(take, item); // it was, when the state was saved
      receive(source, out, {
        next: (item) => turn(take, item),
        error: (error) => turn((e) => out.error(e), error),
        complete: () => turn(finish, undefined),
      });
    });
};

const actor = "keyed()";
