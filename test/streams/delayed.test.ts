import fc from "fast-check";
import {
  concat,
  connect,
  from,
  lastValueFrom,
  map,
  merge,
  NEVER,
  type Observable,
  of,
  Subject,
  tap,
  toArray,
} from "rxjs";
import { expect, expectTypeOf, test } from "vitest";
import { delayed } from "../../src/streams/delayed.ts";

interface Trip {
  readonly id: number;
  readonly time: number;
  readonly until: number;
}

const until = ({ until }: Trip) => until;

/** Sorts all that wait at every item, and takes what is due. */
const naive = (trips: readonly Trip[]): number[] => {
  let waiting: Trip[] = [];
  let clock = Number.NEGATIVE_INFINITY;
  const out: Trip[] = [];
  for (const trip of trips) {
    clock = Math.max(clock, trip.time);
    waiting.sort((a, b) => a.until - b.until); // stable
    out.push(...waiting.filter((t) => t.until <= clock));
    waiting = waiting.filter((t) => t.until > clock);
    waiting.push(trip);
  }
  return [...out, ...waiting.sort((a, b) => a.until - b.until)].map(({ id }) => id);
};

test("delayed() departs and arrives in the order of River's simulate_qa, on its six taxi trips", async () => {
  const minutes = (h: number, m: number) => (h * 60 + m) * 60;
  const trips = [
    [minutes(20, 0), 900],
    [minutes(20, 10), 1800],
    [minutes(20, 20), 300],
    [minutes(20, 45), 400],
    [minutes(20, 50), 240],
    [minutes(20, 55), 450],
  ].map(([departed, duration], id) => ({ id, departed: departed!, arrived: departed! + duration! }));
  const log$ = from(trips).pipe(
    connect((trip$) =>
      merge(
        trip$.pipe(
          delayed((trip) => trip.arrived, { moment: (trip) => trip.departed }),
          map(({ id }) => `${id} arrives`),
        ),
        trip$.pipe(map(({ id }) => `${id} departs`)),
      ),
    ),
  );
  expect(await lastValueFrom(log$.pipe(toArray()))).toEqual([
    "0 departs",
    "1 departs",
    "0 arrives",
    "2 departs",
    "2 arrives",
    "1 arrives",
    "3 departs",
    "4 departs",
    "3 arrives",
    "4 arrives",
    "5 departs",
    "5 arrives",
  ]);
});

test("delayed() brings out all that is due before the arriving item is queued", () => {
  const log: string[] = [];
  const trips$ = new Subject<Trip>();
  trips$
    .pipe(
      tap(({ id }) => log.push(`${id} in`)),
      delayed(until),
    )
    .subscribe(({ id }) => log.push(`${id} out`));
  trips$.next({ id: 0, time: 0, until: 10 });
  trips$.next({ id: 1, time: 1, until: 5 });
  trips$.next({ id: 2, time: 9, until: 9 }); // due at once, and yet it waits for the next
  trips$.next({ id: 3, time: 10, until: 99 });
  trips$.complete();
  expect(log).toEqual(["0 in", "1 in", "2 in", "1 out", "3 in", "2 out", "0 out", "3 out"]);
});

test("delayed() keeps the order of arrival among equals", async () => {
  const trips = Array.from({ length: 50 }, (_, id) => ({ id, time: id, until: 1000 }));
  const out = await lastValueFrom(from(trips).pipe(delayed(until), toArray()));
  expect(out.map(({ id }) => id)).toEqual(trips.map(({ id }) => id));
});

test("delayed() equals a queue that sorts at every item, also when the clock goes back", () => {
  const trip = fc.record({ time: fc.integer({ min: 0, max: 30 }), until: fc.integer({ min: 0, max: 40 }) });
  fc.assert(
    fc.property(fc.array(trip, { maxLength: 60 }), (all) => {
      const trips = all.map((t, id) => ({ id, ...t }));
      const out: number[] = [];
      from(trips)
        .pipe(delayed(until))
        .subscribe(({ id }) => out.push(id));
      expect(out).toEqual(naive(trips));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test("delayed() takes a subscriber that pushes the next item", () => {
  const trips$ = new Subject<Trip>();
  const out: number[] = [];
  trips$.pipe(delayed(until)).subscribe(({ id }) => {
    out.push(id);
    if (id === 0) trips$.next({ id: 9, time: 20, until: 30 });
  });
  trips$.next({ id: 0, time: 0, until: 1 });
  trips$.next({ id: 1, time: 1, until: 15 });
  trips$.next({ id: 2, time: 3, until: 25 });
  trips$.complete();
  expect([...out].sort()).toEqual([0, 1, 2, 9]);
});

test("delayed() is an error on a time that is none, and when too many wait", () => {
  const message = (trips: unknown[], options = {}) => {
    let said = "";
    concat(from(trips as Trip[]), NEVER)
      .pipe(delayed(until, options))
      .subscribe({
        error: (error) => {
          said = error.message;
        },
      });
    return said;
  };
  const trip = { id: 0, time: 0, until: 5 };
  expect(message([trip, { ...trip, until: Number.NaN }])).toBe(
    "delayed() expects a finite number as until, got NaN for item 1",
  );
  expect(message([{ until: 3 }])).toBe(
    "delayed() expects a finite number as moment (by default its `time`; see the option `moment`), got undefined for item 0",
  );
  expect(message([trip, trip, trip], { maxPending: 2 })).toBe(
    "delayed() expects at most 2 waiting items (maxPending), got one more, due at 5",
  );
  expect(message([trip, trip, { ...trip, time: 5 }], { maxPending: 2 })).toBe("");
  expect(() => delayed(until, { maxPending: 0 })).toThrow("as maxPending, got 0");
});

test("delayed() stops in the middle of what is due", () => {
  const out: number[] = [];
  const trips$ = new Subject<Trip>();
  const subscription = trips$.pipe(delayed(until)).subscribe(({ id }) => {
    out.push(id);
    subscription.unsubscribe();
  });
  for (let id = 0; id < 5; id++) trips$.next({ id, time: 0, until: 1 });
  trips$.next({ id: 5, time: 2, until: 9 });
  expect(out).toEqual([0]);
  expect(trips$.observed).toBe(false);
});

test("delayed() keeps up with a million items", async () => {
  const n = 1e6;
  const flights = function* () {
    for (let id = 0; id < n; id++) yield { id, time: id, until: id + ((id * 7919) % 5000) };
  };
  let last = Number.NEGATIVE_INFINITY;
  let count = 0;
  await lastValueFrom(
    from(flights()).pipe(
      delayed(until),
      tap(({ until: due }) => {
        if (due < last) throw new Error("out of order");
        last = Math.max(last, due - 5000);
        count++;
      }),
    ),
  );
  expect(count).toBe(n);
});

test("delayed() infers its items, and asks for moment where they have no time", () => {
  const timed$ = of({ time: 3, carrier: "AA" }).pipe(
    delayed((flight) => flight.time + 1),
    map(({ carrier }) => carrier),
  );
  expectTypeOf(timed$).toEqualTypeOf<Observable<string>>();
  const own$ = of({ at: 3 }).pipe(delayed((item) => item.at + 1, { moment: (item) => item.at }));
  expectTypeOf(own$).toEqualTypeOf<Observable<{ at: number }>>();
  // @ts-expect-error nothing says when the item happens
  of({ at: 3 }).pipe(delayed((item) => item.at + 1));
});
