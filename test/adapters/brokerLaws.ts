import { setTimeout as wait } from "node:timers/promises";
import {
  distinct,
  firstValueFrom,
  from,
  lastValueFrom,
  map,
  NEVER,
  type Observable,
  type OperatorFunction,
  range,
  take,
  takeWhile,
  tap,
  toArray,
} from "rxjs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Delivery } from "../../src/adapters/delivery.ts";
import type { SendingOptions } from "../../src/adapters/sending.ts";
import type { Stored } from "../../src/adapters/stored.ts";
import { needs } from "../support/needs.ts";

type Redeliverable<Position> = Delivery<number, Position> & { readonly redelivered: boolean };
interface Refusing {
  readonly onInvalid?: "skip";
  readonly rejected?: (message: unknown, reason: Error) => void;
}

/** One stream of a broker, of a test's own. */
export interface BrokerStream<Position> {
  /** By position. */
  read(after?: Position | undefined, options?: Refusing): Observable<Delivery<number, Position>>;
  /**
   * As one of those who share the stream, message by message; what is not acknowledged comes again after about a tenth of a second.
   * Brokers that share partitions as a whole have laws of their own for that.
   */
  share?(reader: string, options?: Refusing): Observable<Redeliverable<Position>>;
  store(options?: SendingOptions): OperatorFunction<number, Stored<number, Position>>;
  /** Sends what is no JSON. */
  spoil(): Promise<void>;
  /** How many readers by position the server knows of. */
  readers(): Promise<number>;
  /** How many messages wait to be acknowledged by those who share it. */
  unacked?(): Promise<number>;
}

export interface Broker<Position> {
  stream(): Promise<BrokerStream<Position>>;
  crash(): Promise<void>;
  end(): Promise<void>;
}

const upTo = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const values = (deliveries: readonly Delivery<number>[]): readonly number[] =>
  deliveries.map(({ value }) => value);
const some = <T>(items$: Observable<T>, count: number): Promise<T[]> =>
  lastValueFrom(items$.pipe(take(count), toArray()));
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await wait(5);
};

/** What sources and sinks of every broker keep that keeps what it is sent. */
export const brokerLaws = <Position>(
  [source, sink]: readonly [source: string, sink: string],
  tool: { readonly name: string; readonly available: boolean },
  start: () => Promise<Broker<Position>>,
  { shares = true, dedups = true }: { readonly shares?: boolean; readonly dedups?: boolean } = {},
): void => {
  let broker: Broker<Position> | undefined;
  beforeAll(async () => {
    if (tool.available) broker = await start();
  });
  afterAll(async () => broker?.end());
  const law = (
    what: string,
    sentence: string,
    hold: (stream: BrokerStream<Position>, crash: () => Promise<void>) => Promise<void>,
  ): void =>
    it(`${what} ${sentence}`, async (test) => {
      needs(test, tool.name, tool.available);
      await hold(await broker!.stream(), () => broker!.crash());
    });
  /** Of streams that are shared message by message. */
  const sharedLaw = (
    sentence: string,
    hold: (stream: Required<BrokerStream<Position>>, crash: () => Promise<void>) => Promise<void>,
  ): void => {
    if (shares)
      law(source, sentence, (stream, crash) => hold(stream as Required<BrokerStream<Position>>, crash));
  };
  const fill = (
    stream: BrokerStream<Position>,
    count: number,
    first = 0,
  ): Promise<Stored<number, Position>[]> =>
    lastValueFrom(range(first, count).pipe(stream.store(), toArray()));

  law(sink, "stores every value, says where, and completes when all are stored", async (stream) => {
    const stored = await fill(stream, 500);
    expect(stored.map(({ value }) => value).sort((a, b) => a - b)).toEqual(upTo(500));
    const found = await some(stream.read(), 500);
    const at = new Map(stored.map(({ value, position }) => [value, position]));
    expect(found.map(({ value, position }) => [value, position])).toEqual(
      upTo(500).map((i) => [i, at.get(i)]),
    );
  });

  law(sink, "is an error when more wait than may, and passes errors", async (stream) => {
    const flooded = lastValueFrom(range(0, 20).pipe(stream.store({ inFlight: 2, capacity: 10 })));
    await expect(flooded).rejects.toThrow("expects at most 10 values that wait");
    const failing = range(0, 3).pipe(
      map((i) => (i < 2 ? i : ([] as number[][])[i]!.length)),
      stream.store(),
    );
    await expect(lastValueFrom(failing)).rejects.toThrow(TypeError);
    expect(() => stream.store({ inFlight: 0 })).toThrow("inFlight");
  });

  law(source, "goes on behind a position", async (stream) => {
    await fill(stream, 200);
    const all = await some(stream.read(), 200);
    const position = JSON.parse(JSON.stringify(all[120]!.position)) as Position;
    expect(values(await some(stream.read(position), 79))).toEqual(upTo(200).slice(121));
    expect(all.map((one) => one.isAfter(position))).toEqual(upTo(200).map((i) => i > 120));
  });

  law(source, "starts anew at each subscription, and emits what comes later", async (stream) => {
    const read$ = stream.read();
    const early = some(read$, 3);
    await fill(stream, 3);
    expect(values(await early)).toEqual([0, 1, 2]);
    expect(values(await some(read$, 3))).toEqual([0, 1, 2]);
  });

  law(source, "frees everything when it is unsubscribed, also while silent", async (stream) => {
    await fill(stream, 1);
    await until(async () => (await stream.readers()) === 0);
    const silent = stream.read().subscribe();
    await until(async () => (await stream.readers()) > 0);
    silent.unsubscribe();
    await until(async () => (await stream.readers()) === 0);
    await some(stream.read(), 1);
    await until(async () => (await stream.readers()) === 0);
    expect(await stream.readers()).toBe(0);
  });

  law(source, "ends at a message that cannot be decoded, or leaves it out and tells", async (stream) => {
    await fill(stream, 1);
    await stream.spoil();
    await fill(stream, 1, 1);
    await expect(some(stream.read(), 3)).rejects.toThrow("JSON");
    const reading: ((options: Refusing) => Observable<Delivery<number>>)[] = [
      (options) => stream.read(undefined, options),
    ];
    if (stream.share) reading.push((options) => stream.share!("a", options));
    for (const read of reading) {
      const reasons: string[] = [];
      const refusing: Refusing = { onInvalid: "skip", rejected: (_, { message }) => reasons.push(message) };
      const found$ = read(refusing).pipe(tap((delivery) => delivery.ack()));
      expect(values(await some(found$, 2))).toEqual([0, 1]);
      expect(reasons).toHaveLength(1);
    }
  });

  law(
    `${source} and ${sink}`,
    "lose nothing, and have nothing twice, when the server is killed",
    async (stream, crash) => {
      const read: Delivery<number, Position>[] = [];
      const reading = some(
        stream.read().pipe(
          tap((delivery) => read.push(delivery)),
          distinct(({ value }) => value), // what is sent again is stored again where the server does not recognise it
        ),
        400,
      );
      let stored = 0;
      const storing = lastValueFrom(
        range(0, 400).pipe(
          stream.store({ inFlight: 1 }),
          tap(() => stored++),
        ),
      );
      for (const share of [100, 200, 300]) {
        while (stored < share) await wait(1);
        await crash();
      }
      await storing;
      expect(values(await reading)).toEqual(upTo(400));
      expect(new Set(read.map(({ position }) => String(position))).size).toBe(read.length);
      if (dedups) expect(read).toHaveLength(400);
    },
  );

  sharedLaw("delivers what is shared to one, and does not again what was acknowledged", async (stream) => {
    await fill(stream, 60);
    const found: number[] = [];
    const both = ["a", "b"].map((reader) =>
      stream.share(reader).subscribe((delivery) => {
        found.push(delivery.value);
        delivery.ack();
      }),
    );
    await until(async () => found.length >= 60 && (await stream.unacked()) === 0);
    for (const one of both) one.unsubscribe();
    await fill(stream, 1, 60);
    expect(values(await some(stream.share("a"), 1))).toEqual([60]);
    expect(found.sort((a, b) => a - b)).toEqual(upTo(60));
  });

  sharedLaw("delivers again what a reader that is gone has left", async (stream) => {
    await fill(stream, 10);
    const first = await some(stream.share("a").pipe(tap((one) => one.value % 2 || one.ack())), 10);
    expect(first.map(({ redelivered }) => redelivered)).toEqual(upTo(10).map(() => false));
    await until(async () => (await stream.unacked()) >= 5);
    const again = await some(stream.share("b").pipe(tap((one) => one.ack())), 5);
    expect([...values(again)].sort((a, b) => a - b)).toEqual([1, 3, 5, 7, 9]);
    expect(again.every(({ redelivered, isAfter }) => redelivered && isAfter(first[9]!.position))).toBe(true);
  });

  sharedLaw("delivers what is shared at least once when the server is killed", async (stream, crash) => {
    const seen = new Set<number>();
    const reading = lastValueFrom(
      stream.share("a").pipe(
        tap((delivery) => {
          seen.add(delivery.value);
          delivery.ack();
        }),
        takeWhile(() => seen.size < 300),
      ),
      { defaultValue: undefined },
    );
    for (let i = 0; i < 3; i++) {
      await fill(stream, 100, i * 100);
      await crash();
    }
    await reading;
    expect([...seen].sort((a, b) => a - b)).toEqual(upTo(300));
  });

  law(sink, "sends nothing more once it is unsubscribed", async (stream) => {
    const never = NEVER.pipe(stream.store()).subscribe();
    never.unsubscribe();
    await firstValueFrom(from(upTo(5)).pipe(stream.store({ inFlight: 1 })));
    await fill(stream, 1, 99);
    const found = values(
      await lastValueFrom(
        stream.read().pipe(
          takeWhile(({ value }) => value !== 99),
          toArray(),
        ),
      ),
    );
    expect(found.length).toBeLessThan(5);
  });
};
