import fc from "fast-check";
import { dense, load, model, save } from "rxgrad";
import {
  connect,
  EMPTY,
  from,
  map,
  merge,
  NEVER,
  type Observable,
  pairwise,
  type SchedulerLike,
  Subject,
  type Subscription,
  VirtualTimeScheduler,
} from "rxjs";
import { describe, expect, test } from "vitest";
import { type LabelCounts, noLabels } from "../../src/folds/labelCounts.ts";
import type { Labelled } from "../../src/folds/labelled.ts";
import { joinLabels } from "../../src/streams/joinLabels.ts";
import type { LiveLabels } from "../../src/streams/joinLabelsOptions.ts";
import { joinLabelsWith } from "../../src/streams/joinLabelsWith.ts";
import { operatorLaws } from "../laws/operator.ts";

interface Item {
  readonly id: string;
  readonly time: number;
}

interface Label extends Item {
  readonly fraud: number;
}

const payments: Item[] = ["a", "b", "c", "d"].map((id, time) => ({ id, time }));
const key = ({ id }: Item): string => id;
const moment = ({ time }: Item): number => time;
const labelOf = ({ id, time }: Item): Label => ({ id, time, fraud: time % 2 });

/** The label of each payment, which comes with the next. */
const later = (item$: Observable<Item>): Observable<Label> =>
  item$.pipe(
    pairwise(),
    map(([own]) => labelOf(own)),
  );
const joined = (items: readonly Item[]) =>
  items.slice(0, -1).map((item) => ({ item, label: labelOf(item), waited: 1, expired: false }));

operatorLaws<Item, Labelled<Item, Label>>("joinLabels(predictions$, labels$)", {
  operator: () => connect((item$) => joinLabels(item$, later(item$), { key, moment })),
  items: payments,
  expected: joined,
});
operatorLaws<Item, Labelled<Item, Label>>("joinLabelsWith(labels$)", {
  operator: () => connect((item$) => item$.pipe(joinLabelsWith(later(item$), { key, moment }))),
  items: payments,
  expected: joined,
});

type Event = { readonly kind: "item" | "label"; readonly id: number; readonly time: number };
interface Bounds {
  readonly ttl: number;
  readonly maxPending: number;
  readonly maxEarly: number;
  readonly maxSettled: number;
}

/** The same with arrays that are searched from the front. */
const naive = (events: readonly Event[], { ttl, maxPending, maxEarly, maxSettled }: Bounds) => {
  let pending: { id: number; at: number; order: number }[] = [];
  let early: { id: number; at: number }[] = [];
  const settled: { id: number; joined: boolean }[] = [];
  const counts = {
    joined: 0,
    shuffled: 0,
    duplicate: 0,
    late: 0,
    unknown: 0,
    expired: 0,
    evicted: 0,
    repeated: 0,
  };
  const out: string[] = [];
  let clock = Number.NEGATIVE_INFINITY;
  let newest = -1;
  const settle = (id: number, joined: boolean): void => {
    settled.push({ id, joined });
    if (settled.length > maxSettled) settled.shift();
  };
  const join = (id: number, order: number, waited: number): void => {
    counts.joined++;
    if (order < newest) counts.shuffled++;
    newest = Math.max(newest, order);
    settle(id, true);
    out.push(`${id} joined after ${waited}`);
  };
  events.forEach(({ kind, id, time }, order) => {
    clock = Math.max(clock, time);
    const old = early.filter(({ at }) => at + ttl <= clock);
    counts.unknown += old.length;
    early = early.filter((one) => !old.includes(one));
    for (const one of pending.filter(({ at }) => at + ttl <= clock)) {
      pending = pending.filter((other) => other !== one);
      counts.expired++;
      settle(one.id, false);
      out.push(`${one.id} expired after ${clock - one.at}`);
    }
    const known = settled.find((one) => one.id === id);
    const waiting = pending.find((one) => one.id === id);
    const first = early.find((one) => one.id === id);
    if (kind === "item") {
      if (waiting || known) counts.repeated++;
      else if (first) {
        early = early.filter((one) => one !== first);
        join(id, order, 0);
      } else {
        pending.push({ id, at: clock, order });
        if (pending.length > maxPending) {
          counts.evicted++;
          settle(pending.shift()!.id, false);
        }
      }
    } else if (waiting) {
      pending = pending.filter((one) => one !== waiting);
      join(id, waiting.order, clock - waiting.at);
    } else if (known) counts[known.joined ? "duplicate" : "late"]++;
    else if (first) counts.duplicate++;
    else {
      early.push({ id, at: clock });
      if (early.length > maxEarly) {
        early.shift();
        counts.unknown++;
      }
    }
  });
  return { out, counts: { ...counts, pending: pending.length, early: early.length } };
};

test("joinLabels() equals a search through arrays, for labels that are late, repeated, shuffled, unknown and missing", () => {
  const event = fc.record({
    kind: fc.constantFrom("item" as const, "label" as const),
    back: fc.integer({ min: -3, max: 9 }), // how long ago the key was new
    wait: fc.integer({ min: -1, max: 3 }),
  });
  const bounds = fc.record({
    ttl: fc.constantFrom(3, 10, Number.POSITIVE_INFINITY),
    maxPending: fc.integer({ min: 1, max: 6 }),
    maxEarly: fc.integer({ min: 0, max: 4 }),
    maxSettled: fc.constantFrom(0, 3, 100),
  });
  const met = new Set<string>();
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), bounds, (all, limits) => {
      let time = 0;
      let id = 0;
      const events: Event[] = all.map(({ kind, back, wait }) => {
        time += wait;
        return { kind, id: kind === "item" && back < 7 ? ++id : id - back, time };
      });
      const items$ = new Subject<Event>();
      const labels$ = new Subject<Event>();
      const out: string[] = [];
      const told: LabelCounts[] = [];
      joinLabels(items$, labels$, {
        key: ({ id }) => id,
        moment: ({ time }) => time,
        ...limits,
        onExpired: (item) => item,
        counts: { next: (counts) => told.push(counts) },
      }).subscribe(({ item, label, waited, expired }) => {
        expect(label.id).toBe(item.id);
        out.push(`${item.id} ${expired ? "expired" : "joined"} after ${waited}`);
      });
      for (const one of events) (one.kind === "item" ? items$ : labels$).next(one);
      const expected = naive(events, limits);
      expect(out).toEqual(expected.out);
      const counts = told.at(-1)!;
      expect(counts).toEqual(expected.counts);
      expect(told).toHaveLength(events.length + 1);
      for (const { pending, early } of told) {
        expect(pending).toBeLessThanOrEqual(limits.maxPending);
        expect(early).toBeLessThanOrEqual(limits.maxEarly);
      }
      const { joined, expired, evicted, repeated, pending, duplicate, late, unknown, early } = counts;
      const items = events.filter(({ kind }) => kind === "item").length;
      expect(joined + expired + evicted + repeated + pending).toBe(items);
      expect(joined + duplicate + late + unknown + early).toBe(events.length - items);
      for (const [name, n] of Object.entries(counts)) if (n > 0) met.add(name);
    }),
    { seed: 1, numRuns: 400 },
  );
  expect([...met].sort()).toEqual(
    Object.keys(noLabels).sort(), // the streams have had all of it
  );
});

/** Time that passes when told to. */
const timed = (options: { ttl: number; onExpired?: (item: Item) => Label }) => {
  const scheduler = new VirtualTimeScheduler(undefined, Number.POSITIVE_INFINITY);
  const timers: { readonly delay: number; readonly subscription: Subscription }[] = [];
  const watched: SchedulerLike = {
    now: () => scheduler.now(),
    schedule: (work, delay = 0, state) => {
      const subscription = scheduler.schedule(work as never, delay, state);
      timers.push({ delay, subscription });
      return subscription;
    },
  };
  const items$ = new Subject<Item>();
  const labels$ = new Subject<Label>();
  const log: string[] = [];
  let counts: LabelCounts | undefined;
  const subscription = joinLabels(items$, labels$, {
    key,
    scheduler: watched,
    ...options,
    counts: {
      next: (now) => {
        counts = now;
      },
    },
  }).subscribe({
    next: ({ item, label, waited, expired }) =>
      log.push(`${scheduler.frame}: ${item.id} ${label.fraud} ${waited}${expired ? " expired" : ""}`),
    complete: () => log.push(`${scheduler.frame}: done`),
  });
  const at = (time: number, job: () => void) => scheduler.schedule(job, time);
  return { scheduler, timers, items$, labels$, log, at, subscription, counts: () => counts! };
};

describe("joinLabels() by the clock", () => {
  test("joinLabels() gives the label of onExpired once ttl is over, and then refuses the true one", () => {
    const { scheduler, items$, labels$, log, at, counts } = timed({
      ttl: 10,
      onExpired: ({ id, time }) => ({ id, time, fraud: 0 }),
    });
    at(0, () => items$.next({ id: "a", time: 0 }));
    at(4, () => items$.next({ id: "b", time: 0 }));
    at(9, () => labels$.next({ id: "a", time: 0, fraud: 1 }));
    at(15, () => labels$.next({ id: "b", time: 0, fraud: 1 }));
    scheduler.flush();
    expect(log).toEqual(["9: a 1 9", "14: b 0 10 expired"]);
    expect(counts()).toMatchObject({ joined: 1, expired: 1, late: 1, pending: 0 });
  });

  test("joinLabels() holds one timer at most, and none after the end or for what takes longer than timers can", () => {
    const day = 86_400_000;
    const { scheduler, timers, items$, at, subscription, counts } = timed({ ttl: 60 * day });
    const running = (): number => timers.filter(({ subscription: { closed } }) => !closed).length;
    const seen: unknown[] = [];
    const look = (): number => seen.push([running(), counts().pending, counts().expired]);
    for (let i = 0; i < 100; i++) at(i, () => items$.next({ id: `${i}`, time: 0 }));
    at(100, look);
    at(59 * day, look);
    at(61 * day, look);
    at(61 * day + 1, () => items$.next({ id: "last", time: 0 }));
    at(61 * day + 2, look);
    at(61 * day + 3, () => subscription.unsubscribe());
    scheduler.flush();
    expect(seen).toEqual([
      [1, 100, 0],
      [1, 100, 0],
      [0, 0, 100],
      [1, 1, 100],
    ]);
    expect(running()).toBe(0);
    expect(Math.max(...timers.map(({ delay }) => delay))).toBeLessThan(2 ** 31);
    expect(items$.observed).toBe(false);
  });

  test("joinLabels() completes when both have, with what had time left unlabelled", () => {
    const { scheduler, items$, labels$, log, at, counts } = timed({ ttl: 10, onExpired: labelOf });
    at(0, () => items$.next({ id: "a", time: 0 }));
    at(1, () => items$.complete());
    at(2, () => labels$.complete());
    scheduler.flush();
    expect(log).toEqual(["2: done"]);
    expect(counts()).toMatchObject({ pending: 1, expired: 0 });
  });
});

test("joinLabels() applies labels to the features as they were, when the application reuses their memory", () => {
  const x = [1, 2];
  const y = { rows: 1, cols: 1, data: new Float32Array([3]) };
  const items$ = new Subject<{ id: string; x: number[]; y: typeof y }>();
  const labels$ = new Subject<{ id: string }>();
  const seen: unknown[] = [];
  joinLabels(items$, labels$, { key: ({ id }) => id }).subscribe(({ item }) => seen.push(item));
  items$.next({ id: "a", x, y });
  x[0] = 9;
  y.data[0] = 9;
  labels$.next({ id: "a" });
  expect(seen).toEqual([{ id: "a", x: [1, 2], y: { rows: 1, cols: 1, data: new Float32Array([3]) } }]);
});

test("joinLabels() takes a subscriber that sends the next prediction and its label", () => {
  const items$ = new Subject<Item>();
  const labels$ = new Subject<Label>();
  const seen: string[] = [];
  joinLabels(items$, labels$, { key }).subscribe(({ item }) => {
    seen.push(item.id);
    const next = { id: `${item.id}+`, time: 0 };
    if (seen.length > 3) return;
    items$.next(next);
    labels$.next({ ...next, fraud: 0 });
  });
  labels$.next({ id: "a", time: 0, fraud: 0 });
  items$.next({ id: "a", time: 0 });
  expect(seen).toEqual(["a", "a+", "a++", "a+++"]);
});

test("joinLabels() keeps up with half a million keys that all wait", () => {
  const events = function* () {
    for (let id = 0; id < 500_000; id++) yield { id, time: id };
  };
  let joined = 0;
  let counts: LabelCounts | undefined;
  from(events())
    .pipe(
      connect((item$) =>
        joinLabels(item$, item$.pipe(map(({ id, time }) => ({ id: id - 50_000, time }))), {
          key: ({ id }) => id,
          moment: ({ time }) => time,
          ttl: 60_000,
          maxPending: 100_000,
          counts: {
            next: (now) => {
              counts = now;
            },
          },
        }),
      ),
    )
    .subscribe(() => joined++);
  expect(joined).toBe(450_000);
  expect(counts).toMatchObject({ joined, shuffled: 0, pending: 50_000, expired: 0 });
});

test("joinLabels() passes errors of both, and is an error on keys and moments that are none", () => {
  const said = (item: unknown, label: unknown, options = {}): string => {
    let message = "";
    joinLabels(merge(from([item as Item]), NEVER), label ? merge(from([label as Label]), NEVER) : EMPTY, {
      key,
      ...options,
    }).subscribe({
      error: (error) => {
        message = error.message;
      },
    });
    return message;
  };
  expect(said({ time: 3 }, undefined)).toBe(
    "joinLabels() expects a string or a number as key of the item, got undefined",
  );
  expect(said({ id: "a" }, { id: Number.NaN })).toBe(
    "joinLabels() expects a string or a number as key of the label, got NaN",
  );
  expect(said({ id: "a" }, undefined, { moment })).toBe(
    "joinLabels() expects a finite number as moment of the item, got undefined",
  );
  const items$ = new Subject<Item>();
  const labels$ = new Subject<Label>();
  let failure: unknown;
  joinLabels(items$, labels$, { key }).subscribe({
    error: (error) => {
      failure = error;
    },
  });
  labels$.error("broken");
  expect(failure).toBe("broken");
  expect(items$.observed).toBe(false);
});

test("joinLabels() refuses options that make no sense", () => {
  const made = (options: object) => () => joinLabels(NEVER, NEVER, { key: () => 1, ...options });
  expect(made({ ttl: -1 })).toThrow("joinLabels() expects a number of at least 0 as ttl, got -1");
  expect(made({ maxPending: 0 })).toThrow("as maxPending, got 0");
  expect(made({ maxEarly: 1.5 })).toThrow("as maxEarly, got 1.5");
  expect(made({ maxSettled: -1 })).toThrow("as maxSettled, got -1");
  expect(made({ key: "id" })).toThrow(
    "joinLabels() expects a function as key, or { item, label } with one for each",
  );
  expect(made({ onExpired: "keep" })).toThrow('"drop" or a function');
  expect(made({ timeout: 3 })).toThrow("got timeout");
});

test("joinLabels() goes on from a state that was saved, as if it had never stopped", () => {
  const steps: readonly (readonly [kind: "item" | "label", time: number, id: string])[] = [
    ["item", 1, "a"],
    ["label", 2, "b"],
    ["item", 3, "c"],
    ["label", 9, "d"], // time has come to 9
    ["label", 4, "a"],
    ["item", 5, "b"],
    ["item", 6, "e"],
    ["label", 15, "e"],
    ["label", 15, "c"],
  ];
  const run = (begin: number, end: number, live: LiveLabels<Item, Label>) => {
    const [items$, labels$] = [new Subject<Item>(), new Subject<Label>()];
    const out: string[] = [];
    const onExpired = ({ id, time }: Item): Label => ({ id, time, fraud: 0 });
    const bounds = { key, moment, ttl: 8, onExpired, live };
    const subscription = joinLabels(items$, labels$, bounds).subscribe(({ item, waited, expired }) =>
      out.push(`${item.id} after ${waited}${expired ? ", expired" : ""}`),
    );
    for (const [kind, time, id] of steps.slice(begin, end))
      kind === "item" ? items$.next({ id, time }) : labels$.next({ id, time, fraud: 1 });
    subscription.unsubscribe();
    return out;
  };
  const whole = run(0, steps.length, { state: undefined });
  expect(whole.length).toBeGreaterThan(3);
  for (let stop = 0; stop <= steps.length; stop++) {
    const live: LiveLabels<Item, Label> = { state: undefined };
    const before = run(0, stop, live);
    const net = model(dense(1, 1));
    const bytes = save(net, { parts: { live } });
    const other: LiveLabels<Item, Label> = { state: undefined };
    load(net, bytes, { parts: { live: other } });
    expect([...before, ...run(stop, steps.length, other)]).toEqual(whole);
  }
});
