import {
  chain,
  dense,
  load,
  meanSquaredError,
  minibatch,
  model,
  type Random,
  random,
  type Sample,
  save,
  sgd,
  sparse,
  train,
} from "rxgrad";
import { type Delivery, deliveries, type Ledger } from "rxgrad/sources";
import { from, map, mergeMap, type Observable, of, Subject, Subscription, take, tap, throwError } from "rxjs";
import { describe, expect, it } from "vitest";
import { stateOf } from "../support/modelState.ts";

/** One event of a log: how many samples it gives, whether the second of them is bad, and whether time passes after it. */
interface Logged {
  readonly partition: string;
  readonly offset: number;
  readonly value: number;
  readonly samples: number;
  readonly bad: boolean;
  readonly poisons: boolean;
  readonly ticks: boolean;
}

const below = (rng: Random, n: number): number => Math.floor(rng.uniform() * n);

const logOf = (rng: Random, length: number): readonly Logged[] => {
  const offsets = new Map<string, number>();
  return Array.from({ length }, () => {
    const partition = "abc"[below(rng, 3)]!;
    const offset = (offsets.get(partition) ?? -1) + 1 + below(rng, 3); // with holes
    offsets.set(partition, offset);
    const bad = rng.uniform() < 0.1;
    return {
      partition,
      offset,
      value: rng.normal(),
      samples: below(rng, 4),
      bad,
      poisons: rng.uniform() < 0.03,
      ticks: rng.uniform() < 0.1,
    };
  });
};

const delivery = <Value>(
  partition: string,
  offset: number,
  value: Value,
  ack = () => {},
): Delivery<Value, number> => ({
  value,
  partition,
  position: offset,
  isAfter: (position) => offset > position,
  ack,
});

const loss = meanSquaredError();
/** A process that learns from the log: the model, the state in front of it, and a timer that the log drives. */
const process = (saved: { bytes: Uint8Array } | undefined, ack: "learned" | "checkpointed") => {
  const net = model(chain(dense(2, 3, { activation: "tanh" }), dense(3, 1)), { seed: 1 });
  const counter = { state: { events: 0, sum: 0 } };
  const position = saved ? load(net, saved.bytes, { parts: { counter } }).position : undefined;
  const ledger = deliveries({ ack, from: position });
  const values = new Subject<Delivery<Logged>>();
  const due = new Set<() => void>();
  const scheduler = {
    now: () => 0,
    schedule: (work: (this: never, state: never) => void) => {
      const job = () => (work as () => void)();
      due.add(job);
      return new Subscription(() => due.delete(job));
    },
  };
  const learned: number[] = [];
  const steps$ = values.pipe(
    ledger.receive<Logged>(),
    mergeMap((event) => {
      counter.state.events++;
      counter.state.sum += event.value;
      const { events, sum } = counter.state;
      return Array.from({ length: event.samples }, (_, i): Sample => {
        const y = event.poisons ? 1e39 : event.bad && i === 1 ? Number.NaN : event.value;
        return { x: [sum / events, i], y };
      });
    }),
    ledger.learn(4, train(net, { loss, optimizer: sgd(0.05, { momentum: 0.9 }), onInvalid: "skip" }), {
      onInvalid: "skip",
      inputs: 2,
      targets: 1,
      maxWait: 1,
      scheduler: scheduler as never,
    }),
    tap(({ id }) => learned.push(id)),
  );
  return {
    net,
    ledger,
    values,
    steps$,
    counter,
    tick: () => {
      for (const job of [...due]) {
        due.delete(job);
        job();
      }
    },
    save: () => save(net, { parts: { counter }, position: ledger.position() }),
  };
};

describe("deliveries() has each event learned once", () => {
  for (const ack of ["learned", "checkpointed"] as const)
    it(`with ack: "${ack}", killed anywhere, with redeliveries, late batches, and bad samples`, () => {
      for (let seed = 1; seed <= 60; seed++) {
        const rng = random(seed);
        const log = logOf(rng, 120);

        const whole = process(undefined, ack);
        whole.steps$.subscribe();
        for (const event of log) {
          whole.values.next(delivery(event.partition, event.offset, event));
          if (event.ticks) whole.tick();
        }
        whole.values.complete();

        let disk: { bytes: Uint8Array; received: number } | undefined;
        let finished: ReturnType<typeof process> | undefined;
        let kills = 0;
        while (!finished) {
          const run = process(disk, ack);
          const lives = kills < 4 ? below(rng, 150) : Number.POSITIVE_INFINITY;
          let life = 0;
          let written = disk?.received ?? 0;
          const acked = new Set<number>();
          const subscription = run.steps$.subscribe(() => {
            if (rng.uniform() < 0.7) return;
            const position = run.ledger.position();
            disk = { bytes: run.save(), received: position.count };
            if (rng.uniform() < 0.5) return; // killed before it could tell
            written = position.count;
            run.ledger.written.next({ position });
          });
          const send = (at: number): void => {
            const event = log[at]!;
            const ack$ = () => {
              if (ack === "checkpointed") expect(at).toBeLessThan(written);
              acked.add(at);
            };
            run.values.next(delivery(event.partition, event.offset, event, ack$));
          };
          let at = disk?.received ?? 0;
          if (log[at - 1]?.ticks) run.tick(); // the copy may have been taken before
          for (; at < log.length && life++ < lives; at++) {
            if (at > 0 && rng.uniform() < 0.2) send(below(rng, at));
            send(at);
            if (log[at]!.ticks) run.tick();
          }
          if (at === log.length) {
            run.values.complete();
            finished = run;
            const { received, settled, waiting } = run.ledger.counts();
            expect([settled, waiting]).toEqual([received, 0]);
          } else {
            subscription.unsubscribe();
            kills++;
          }
        }
        expect(stateOf(finished.net)).toBe(stateOf(whole.net));
        expect(finished.counter.state).toEqual(whole.counter.state);
        expect(finished.ledger.position().at).toEqual(whole.ledger.position().at);
      }
    });
});

const net = () => model(dense(1, 1), { seed: 1 });
const options = { loss, optimizer: sgd(0.1) };
const sampleOf = (v: number): Sample => ({ x: [v], y: v });
const learning = (ledger: Ledger, size = 2, one = net()) =>
  ((values$: Observable<Delivery<number>>) =>
    values$.pipe(ledger.receive<number>(), map(sampleOf), ledger.learn(size, train(one, options)))) as (
    values$: Observable<Delivery<number>>,
  ) => Observable<unknown>;

it('deliveries() acknowledges with ack: "learned" when the batch is learned, and not before', () => {
  const acked: number[] = [];
  const ledger = deliveries({ ack: "learned" });
  const source = new Subject<Delivery<number>>();
  const atSteps: number[][] = [];
  source.pipe(learning(ledger)).subscribe(() => atSteps.push([...acked]));
  for (let i = 0; i < 5; i++) source.next(delivery("p", i, i, () => acked.push(i)));
  expect(acked).toEqual([0, 1, 2, 3]);
  expect(atSteps).toEqual([[], [0, 1]]);
  expect(ledger.counts()).toEqual({ received: 5, redelivered: 0, settled: 4, acked: 4, waiting: 1 });
  source.complete();
  expect(acked).toEqual([0, 1, 2, 3, 4]);
});

it('deliveries() acknowledges with ack: "checkpointed" what a written checkpoint holds', () => {
  const acked: number[] = [];
  const ledger = deliveries({ ack: "checkpointed" });
  const source = new Subject<Delivery<number>>();
  source.pipe(learning(ledger)).subscribe();
  for (let i = 0; i < 3; i++) source.next(delivery("p", i, i, () => acked.push(i)));
  const position = ledger.position();
  source.next(delivery("p", 3, 3, () => acked.push(3)));
  expect(acked).toEqual([]);
  ledger.written.next({ position });
  expect(acked).toEqual([0, 1, 2]); // the third waits, but in the checkpoint
  expect(position).toEqual({ at: { p: 2 }, waiting: [{ x: [2], y: 2 }], count: 3 });
});

it("deliveries() acknowledges the last delivery of a message that came again before it was learned, and at once if after", () => {
  const acked: string[] = [];
  const ledger = deliveries({ ack: "learned", from: { at: { p: 7 }, waiting: [], count: 8 } });
  const source = new Subject<Delivery<number>>();
  source.pipe(learning(ledger)).subscribe();
  const send = (offset: number, name: string) =>
    source.next(delivery("p", offset, 1, () => acked.push(`${offset} ${name}`)));
  send(7, "again");
  send(8, "first");
  send(8, "second");
  expect(acked).toEqual(["7 again"]);
  send(9, "first");
  expect(acked).toEqual(["7 again", "8 second", "9 first"]);
  send(8, "third");
  expect(acked.at(-1)).toBe("8 third");
  expect(ledger.counts()).toMatchObject({ received: 2, redelivered: 3 });
});

it("deliveries() learns what waited in the checkpoint before what comes, sparse samples too", () => {
  const one = model(dense(4, 1, { sparse: true }), { seed: 1 });
  const x = sparse([[[1, 2], [3, 0.5]]], 4); // biome-ignore format: a row
  const first = deliveries({ ack: "learned" });
  const source = new Subject<Delivery<number>>();
  source
    .pipe(first.receive(), map(() => ({ x, y: 1 })), first.learn(2, train(one, options))) // biome-ignore format: short
    .subscribe();
  source.next(delivery("p", 0, 0));
  const bytes = save(one, { position: first.position() });
  source.next(delivery("p", 1, 0));

  const other = model(dense(4, 1, { sparse: true }), { seed: 2 });
  const second = deliveries({ ack: "learned", from: load(other, bytes).position });
  expect(second.from("p")).toBe(0);
  from([delivery("p", 0, 0), delivery("p", 1, 0)])
    .pipe(second.receive(), map(() => ({ x, y: 1 })), second.learn(2, train(other, options))) // biome-ignore format: short
    .subscribe();
  expect(stateOf(other)).toBe(stateOf(one));
});

it("deliveries() keeps the batch that ended the stream with an error among what waits, and forgets the delivery in hand", () => {
  const ledger = deliveries({ ack: "learned" });
  const acked: number[] = [];
  const source = new Subject<Delivery<number>>();
  const errors: string[] = [];
  source.pipe(learning(ledger)).subscribe({ error: (error: Error) => errors.push(error.message) });
  for (const [i, value] of [1, 2, 3, 1e39].entries())
    source.next(delivery("p", i, value, () => acked.push(i)));
  expect(errors).toHaveLength(1);
  expect(acked).toEqual([0, 1]);
  expect(ledger.position()).toEqual({
    at: { p: 3 },
    waiting: [{ x: [3], y: 3 }, { x: [1e39], y: 1e39 }], // biome-ignore format: a line
    count: 4,
  });

  const other = deliveries({ ack: "learned" });
  from([1, 2, 3])
    .pipe(
      map((value) => delivery("p", value, value)),
      other.receive(),
      mergeMap((value) => (value < 3 ? [sampleOf(value)] : throwError(() => new Error("no sample")))),
      other.learn(4, train(net(), options)),
    )
    .subscribe({ error: (error: Error) => errors.push(error.message) });
  expect(errors[1]).toBe("no sample");
  expect(other.position()).toMatchObject({ at: { p: 2 }, count: 2 });
});

it("deliveries() counts a batch as learned when somebody downstream leaves at its step", () => {
  const ledger = deliveries({ ack: "learned" });
  const acked: number[] = [];
  from([0, 1, 2, 3])
    .pipe(map((i) => delivery("p", i, i, () => acked.push(i))), learning(ledger), take(1)) // biome-ignore format: short
    .subscribe();
  expect(acked).toEqual([0, 1]);
  expect(ledger.position()).toEqual({ at: { p: 1 }, waiting: [], count: 2 });
});

it("deliveries() takes a delivery that comes while another is in hand afterwards, and completes behind it", () => {
  const ledger = deliveries({ ack: "learned" });
  const source = new Subject<Delivery<number>>();
  const seen: number[] = [];
  let complete = false;
  source
    .pipe(
      ledger.receive<number>(),
      tap((value) => {
        if (value === 0) {
          source.next(delivery("p", 1, 1));
          source.complete();
        }
        seen.push(value);
      }),
      map(sampleOf),
      ledger.learn(1, train(net(), options)),
    )
    .subscribe({ complete: () => (complete = true) });
  source.next(delivery("p", 0, 0));
  expect(seen).toEqual([0, 1]);
  expect(complete).toBe(true);
  expect(ledger.position().at).toEqual({ p: 1 });
});

it("deliveries() takes samples in that a subscriber to steps pushes", () => {
  const ledger = deliveries({ ack: "learned" });
  const source = new Subject<Delivery<number>>();
  const positions: unknown[] = [];
  source.pipe(learning(ledger, 1)).subscribe(() => {
    positions.push(ledger.position().at.p);
    const { received } = ledger.counts();
    if (received < 4) source.next(delivery("p", received, received));
  });
  source.next(delivery("p", 0, 0));
  expect(positions).toEqual([0, 1, 2, 3]);
  expect(ledger.counts()).toMatchObject({ settled: 4, acked: 4, waiting: 0 });
});

it("deliveries() has learnEach() for what learns one item at a time", () => {
  const ledger = deliveries({ ack: "learned" });
  const positions: unknown[] = [];
  const acked: number[] = [];
  from([0, 1, 2])
    .pipe(
      map((i) => delivery("p", i, i, () => acked.push(i))),
      ledger.receive(),
      ledger.learnEach(tap(() => positions.push([ledger.position().at.p, acked.length]))),
    )
    .subscribe();
  expect(positions).toEqual([[0, 0], [1, 1], [2, 2]]); // biome-ignore format: a line
  expect(acked).toEqual([0, 1, 2]);
});

it("deliveries() learns what minibatch() and train() would", () => {
  const [one, other] = [net(), net()];
  const values = Array.from({ length: 23 }, (_, i) => i / 23);
  from(values).pipe(map((v, i) => delivery("p", i, v)), learning(deliveries({ ack: "learned" }), 4, one)).subscribe(); // biome-ignore format: short
  from(values).pipe(map(sampleOf), minibatch(4), train(other, options)).subscribe();
  expect(stateOf(one)).toBe(stateOf(other));
});

it("deliveries() serves one run, and refuses positions that no ledger has given", () => {
  const ledger = deliveries({ ack: "learned" });
  const errors: string[] = [];
  const run = () =>
    of(delivery("p", 0, 0))
      .pipe(learning(ledger))
      .subscribe({ error: (error: Error) => errors.push(error.message) });
  run();
  run();
  expect(errors).toEqual(["deliveries() expects one subscription to learn() of a ledger, got a second one"]);
  for (const wrong of [7, null, {}, { at: {}, waiting: [] }, { at: [], waiting: [], count: 0 }])
    expect(() => deliveries({ ack: "learned", from: wrong })).toThrow(/deliveries\(\) expects .* from/);
  expect(() => deliveries({ ack: "never" as "learned" })).toThrow(/"learned" or "checkpointed" as ack/);
});
