import { afterAll, beforeAll, expect, it } from "vitest";
import type { DecodeOptions } from "../../src/adapters/decoding.ts";
import type { Delivery } from "../../src/adapters/delivery.ts";
import type { PartitionedInput } from "../../src/scale/partitionedInput.ts";
import { needs } from "../support/needs.ts";

/** What the laws' messages say. */
export interface Told {
  readonly partition: number;
  readonly i: number;
}

type Refusing = Pick<DecodeOptions<unknown, Told>, "onInvalid" | "rejected" | "maxBytes">;

/** Where the inputs of one broker come from. */
export interface InputBroker<Position> {
  /** An empty source of three partitions of its own. */
  source(): Promise<{
    open(options?: Refusing): Promise<PartitionedInput<Told, Position>>;
    /** Sends the text of one message. */
    send(partition: number, text: string): Promise<void>;
  }>;
  crash(): Promise<void>;
  end(): Promise<void>;
}

/** So many deliveries of one partition. */
const some = async <Position>(
  input: PartitionedInput<Told, Position>,
  partition: number,
  after: Position | undefined,
  count: number,
): Promise<readonly Delivery<Told, Position>[]> => {
  const leaving = new AbortController();
  const found: Delivery<Told, Position>[] = [];
  for await (const delivery of input.open(input.partitions[partition]!, after, leaving.signal)) {
    found.push(delivery);
    if (found.length === count) break;
  }
  leaving.abort();
  return found;
};

/** What every input in parts keeps. */
export const partitionedInputLaws = <Position>(
  what: string,
  tool: { readonly name: string; readonly available: boolean },
  start: () => Promise<InputBroker<Position>>,
): void => {
  let broker: InputBroker<Position> | undefined;
  beforeAll(async () => {
    if (tool.available) broker = await start();
  });
  afterAll(async () => broker?.end());
  const law = (sentence: string, hold: (broker: InputBroker<Position>) => Promise<void>): void =>
    it(`${what} ${sentence}`, async (test) => {
      needs(test, tool.name, tool.available);
      await hold(broker!);
    });
  const text = (partition: number, i: number): string => JSON.stringify({ partition, i });
  const numbers = (deliveries: readonly Delivery<Told, Position>[]): readonly number[] =>
    deliveries.map(({ value }) => value.i);

  law("gives each partition alone, in its order, then what comes", async ({ source }) => {
    const { open, send } = await source();
    const input = await open();
    expect(input.partitions).toHaveLength(3);
    for (let i = 0; i < 200; i++) await send(i % 3, text(i % 3, i));
    const reading = some(input, 1, undefined, 70);
    for (let i = 200; i < 210; i++) await send(i % 3, text(i % 3, i));
    const found = await reading;
    expect(found.map(({ value }) => value)).toEqual(
      Array.from({ length: 70 }, (_, i) => ({ partition: 1, i: 3 * i + 1 })),
    );
    expect(new Set(found.map(({ partition }) => partition))).toEqual(new Set([input.partitions[1]]));
  });

  law("goes on behind a position, which is plain data", async ({ source }) => {
    const { open, send } = await source();
    for (let i = 0; i < 20; i++) await send(0, text(0, i));
    const all = await some(await open(), 0, undefined, 20);
    const position = JSON.parse(JSON.stringify(all[7]!.position)) as Position;
    expect(numbers(await some(await open(), 0, position, 12))).toEqual(numbers(all.slice(8)));
    expect(all.map((delivery) => delivery.isAfter(position))).toEqual(all.map((_, i) => i > 7));
    const waiting = some(await open(), 0, all[19]!.position, 1);
    await send(0, text(0, 20));
    expect(numbers(await waiting)).toEqual([20]);
  });

  law("ends when the signal says so, also while silent", async ({ source }) => {
    const { open, send } = await source();
    const input = await open();
    const leaving = new AbortController();
    const silent = input.open(input.partitions[0]!, undefined, leaving.signal)[Symbol.asyncIterator]();
    const first = silent.next();
    await send(0, text(0, 0));
    expect((await first).value.value.i).toBe(0);
    const second = silent.next();
    await send(1, text(1, 0));
    leaving.abort();
    expect((await second).done).toBe(true);
  });

  law("refuses what is no message, or skips it and tells", async ({ source }) => {
    const { open, send } = await source();
    await send(0, text(0, 0));
    await send(0, "{");
    await send(0, JSON.stringify("x".repeat(100)));
    await send(0, text(0, 1));
    await expect(some(await open(), 0, undefined, 2)).rejects.toThrow(/expects JSON in UTF-8/);
    const reasons: string[] = [];
    const input = await open({
      maxBytes: 90,
      onInvalid: "skip",
      rejected: (_, { message }) => reasons.push(message),
    });
    expect(numbers(await some(input, 0, undefined, 2))).toEqual([0, 1]);
    expect(reasons).toHaveLength(2);
    expect(reasons[1]).toContain("at most 90 bytes");
  });

  law("refuses partitions that there are not", async ({ source }) => {
    const input = await (await source()).open();
    expect(() => input.open("none", undefined, new AbortController().signal)).toThrow("as a partition");
  });

  law("misses nothing, and has nothing twice, when its server is killed", async ({ source, crash }) => {
    const { open, send } = await source();
    const input = await open();
    const reading = [0, 1, 2].map((partition) => some(input, partition, undefined, 100));
    for (let i = 0; i < 300; i++) {
      await send(i % 3, text(i % 3, i));
      if (i % 75 === 50) await crash();
    }
    for (const [partition, found] of (await Promise.all(reading)).entries())
      expect(numbers(found)).toEqual(Array.from({ length: 100 }, (_, i) => 3 * i + partition));
  });
};
