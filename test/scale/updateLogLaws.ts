import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { random } from "../../src/math/random.ts";
import { isSequenceConflict } from "../../src/scale/sequenceConflict.ts";
import type { LogEntry, UpdateLog } from "../../src/scale/updateLog.ts";
import { needs } from "../support/needs.ts";
import type { Stranger } from "./strangers.ts";

/** Where the logs of one engine come from. */
export interface LogEngine {
  /** A client of its own, to the log of that name. */
  log(name: string): Promise<UpdateLog>;
  /** Kills the server, and starts it once more. */
  readonly crash?: () => Promise<void>;
  /** Writes past `append`, where that is possible. */
  readonly writeForeign?: Stranger;
  end(): Promise<void>;
}

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const textOf = (body: Uint8Array): string => new TextDecoder().decode(body);
const coded = (text: string): Uint8Array => new TextEncoder().encode(text);

/** So many entries of a log from a sequence on; then the reader leaves. */
const readSome = async (log: UpdateLog, from: number, count: number): Promise<readonly LogEntry[]> => {
  const leaving = new AbortController();
  const entries: LogEntry[] = [];
  for await (const entry of log.read(from, leaving.signal)) {
    entries.push(entry);
    if (entries.length === count) break;
  }
  leaving.abort();
  return entries;
};

const conflictOf = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(() => false, isSequenceConflict);

/** What every implementation of the port keeps. */
export const updateLogLaws = (
  what: string,
  start: () => Promise<LogEngine>,
  tool?: { readonly name: string; readonly available: boolean },
): void => {
  const available = tool?.available ?? true;
  let engine: LogEngine;
  let names = 0;
  beforeAll(async () => {
    if (available) engine = await start();
  });
  afterAll(async () => engine?.end());
  const law = (
    sentence: string,
    hold: (log: UpdateLog, again: () => Promise<UpdateLog>, name: string) => Promise<void>,
    of: "every engine" | "a server" = "every engine",
  ): void => {
    if (of === "a server" && !tool) return;
    it(`${what} ${sentence}`, async (test) => {
      needs(test, tool?.name ?? what, available);
      const name = `laws-${++names}`;
      const logs: UpdateLog[] = [];
      const again = async (): Promise<UpdateLog> => {
        const log = await engine.log(name);
        logs.push(log);
        return log;
      };
      try {
        await hold(await again(), again, name);
      } finally {
        await Promise.all(logs.map((log) => log.close()));
      }
    });
  };

  law(
    "gives all readers the same order, without gaps, and each entry as it was written",
    async (log, again) => {
      const writers = ["a", "b", "c"];
      const appended = await Promise.all(
        writers.map(async (writer) => {
          const sequences: number[] = [];
          for (let i = 0; i < 20; i++) {
            const body = coded(`${writer}${i}`);
            sequences.push(
              await log.append(writer, body, { expected: sequences.at(-1) ?? 0, id: String(i) }),
            );
          }
          return sequences;
        }),
      );
      const [one, other] = await Promise.all([readSome(log, 1, 60), readSome(await again(), 1, 60)]);
      expect(one.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
      expect(other).toEqual(one);
      for (const [at, writer] of writers.entries()) {
        const own = one.filter((entry) => entry.writer === writer);
        expect(own.map(({ sequence }) => sequence)).toEqual(appended[at]);
        expect(own.map(({ body }) => textOf(body))).toEqual(
          Array.from({ length: 20 }, (_, i) => `${writer}${i}`),
        );
        expect(await log.lastOf(writer)).toBe(appended[at]!.at(-1));
      }
    },
  );

  law("gives bodies that are the reader's own", async (log) => {
    await log.append("a", bytes(1, 2, 3, 4, 5, 6, 7, 8), { expected: 0, id: "1" });
    const [{ body }] = (await readSome(log, 1, 1)) as [LogEntry];
    expect([body.byteOffset, body.buffer.byteLength]).toEqual([0, 8]);
    expect(new Uint8Array(body.buffer)).toEqual(bytes(1, 2, 3, 4, 5, 6, 7, 8));
  });

  law("refuses a writer who has missed what was written in his name", async (log, again) => {
    const zombie = await again();
    expect(await log.lastOf("a")).toBe(0);
    const first = await log.append("a", bytes(1), { expected: 0, id: "1" });
    expect(await conflictOf(zombie.append("a", bytes(2), { expected: 0, id: "2" }))).toBe(true);
    const second = await log.append("a", bytes(3), { expected: first, id: "3" });
    expect(await conflictOf(zombie.append("a", bytes(4), { expected: first, id: "4" }))).toBe(true);
    expect(await conflictOf(zombie.append("a", bytes(4), { expected: second + 7, id: "5" }))).toBe(true);
    await zombie.append("b", bytes(5), { expected: 0, id: "1" });
    expect((await readSome(log, 1, 3)).map(({ body }) => body[0])).toEqual([1, 3, 5]);
  });

  law("lets one of those who append at once in one name win", async (log, again) => {
    const others = await Promise.all([log, again(), again(), again()]);
    const results = await Promise.all(
      others.map((one, i) => conflictOf(one.append("a", bytes(i), { expected: 0, id: `by ${i}` }))),
    );
    expect(results.filter((conflict) => !conflict)).toHaveLength(1);
  });

  law("answers an append that is made again with its id as the first time", async (log, again) => {
    const first = await log.append("a", bytes(1), { expected: 0, id: "same" });
    expect(await (await again()).append("a", bytes(1), { expected: 0, id: "same" })).toBe(first);
    expect(await log.append("b", bytes(2), { expected: 0, id: "same" })).toBe(first + 1);
    const second = await log.append("a", bytes(3), { expected: first, id: "other" });
    expect((await readSome(log, 1, 3)).map(({ body }) => body[0])).toEqual([1, 2, 3]);
    expect(second).toBe(first + 2);
  });

  law("reads from the middle, and goes on with what comes", async (log, again) => {
    let expected = 0;
    for (let i = 1; i <= 5; i++) expected = await log.append("a", bytes(i), { expected, id: String(i) });
    const reading = readSome(await again(), 3, 6);
    for (let i = 6; i <= 8; i++) expected = await log.append("a", bytes(i), { expected, id: String(i) });
    expect((await reading).map(({ body }) => body[0])).toEqual([3, 4, 5, 6, 7, 8]);
  });

  law("waits for a sequence that is not there yet", async (log) => {
    const reading = readSome(log, 3, 1);
    let expected = 0;
    for (let i = 1; i <= 3; i++) expected = await log.append("a", bytes(i), { expected, id: String(i) });
    expect((await reading).map(({ sequence }) => sequence)).toEqual([3]);
  });

  law("ends readers when their signal says so, silent ones too", async (log) => {
    const leaving = new AbortController();
    const silent = log.read(1, leaving.signal)[Symbol.asyncIterator]().next();
    const watching = log.watchPointer("none", leaving.signal)[Symbol.asyncIterator]().next();
    await log.getPointer("none"); // a round trip: both are waiting
    leaving.abort();
    expect((await silent).done).toBe(true);
    expect((await watching).done).toBe(true);
    const gone = log.read(1, AbortSignal.abort())[Symbol.asyncIterator]().next();
    expect((await gone).done).toBe(true);
  });

  law("ends its readers when it is closed, and refuses calls", async (_, again) => {
    const log = await again();
    const silent = log.read(1, new AbortController().signal)[Symbol.asyncIterator]().next();
    await log.lastOf("a");
    await log.close();
    expect((await silent).done).toBe(true);
    await expect(log.lastOf("a")).rejects.toThrow();
  });

  law("lets go of what is purged, and still knows who wrote last", async (log, again) => {
    const last = new Map<string, number>();
    for (let i = 1; i <= 10; i++) {
      const writer = i <= 2 ? "early" : "late";
      last.set(
        writer,
        await log.append(writer, bytes(i), { expected: last.get(writer) ?? 0, id: String(i) }),
      );
    }
    await log.purge(8);
    await log.purge(5);
    expect((await readSome(await again(), 1, 3)).map(({ sequence }) => sequence)).toEqual([8, 9, 10]);
    expect(await log.lastOf("early")).toBe(2);
    expect(await conflictOf(log.append("early", bytes(11), { expected: 0, id: "11" }))).toBe(true);
    expect(await log.append("early", bytes(12), { expected: 2, id: "12" })).toBe(11);
    expect((await readSome(log, 9, 3)).map(({ body }) => body[0])).toEqual([9, 10, 12]);
    await log.purge(12);
    expect(await log.append("late", bytes(13), { expected: 10, id: "13" })).toBe(12);
    expect((await readSome(log, 1, 1)).map(({ sequence }) => sequence)).toEqual([12]);
  });

  law("keeps blobs of up to 8 MB", async (log, again) => {
    const rng = random(1);
    const large = Uint8Array.from({ length: 2 ** 23 }, () => rng.uniform() * 256);
    const other = await again();
    expect(await log.getBlob("large")).toBeUndefined();
    await log.putBlob("large", large);
    await log.putBlob("empty", bytes());
    expect(Buffer.compare((await other.getBlob("large"))!, large)).toBe(0);
    expect(await other.getBlob("empty")).toEqual(bytes());
    await log.putBlob("large", bytes(1));
    expect(await other.getBlob("large")).toEqual(bytes(1));
    await log.deleteBlob("large");
    await log.deleteBlob("never");
    expect(await other.getBlob("large")).toBeUndefined();
  });

  law("sets pointers when they are as expected", async (log, again) => {
    const other = await again();
    expect(await log.getPointer("serving")).toBeUndefined();
    const first = await log.setPointer("serving", "1 – eins", 0);
    expect(await other.getPointer("serving")).toEqual({ value: "1 – eins", revision: first });
    expect(await conflictOf(other.setPointer("serving", "2", 0))).toBe(true);
    const second = await other.setPointer("serving", "2", first);
    expect(second).toBeGreaterThan(first);
    expect(await conflictOf(log.setPointer("serving", "3", first))).toBe(true);
    expect(await log.getPointer("serving")).toEqual({ value: "2", revision: second });
    expect(await log.getPointer("other")).toBeUndefined();
  });

  law("counts exactly under 8 × 20 comparisons at once", async (log, again) => {
    const increment = async (one: UpdateLog): Promise<void> => {
      for (let done = 0; done < 20; ) {
        const now = await one.getPointer("count");
        const set = one.setPointer("count", String(Number(now?.value ?? 0) + 1), now?.revision ?? 0);
        if (!(await conflictOf(set))) done++;
      }
    };
    const others = await Promise.all(Array.from({ length: 7 }, again));
    await Promise.all([log, ...others].map(increment));
    expect((await log.getPointer("count"))?.value).toBe("160");
  });

  law("tells those who watch a pointer of what it is and becomes", async (log, again) => {
    const leaving = new AbortController();
    let revision = await log.setPointer("serving", "0", 0);
    const seen: string[] = [];
    const watching = (async () => {
      for await (const pointer of (await again()).watchPointer("serving", leaving.signal)) {
        seen.push(pointer.value);
        if (pointer.value === "9") leaving.abort();
      }
    })();
    for (let i = 1; i <= 9; i++) {
      revision = await log.setPointer("serving", String(i), revision);
      await log.setPointer(`other-${i}`, "x", 0);
    }
    await watching;
    expect(seen.at(-1)).toBe("9");
    expect(seen).toEqual([...seen].sort());
  });

  law("refuses names that some engine could not keep", async (log) => {
    for (const name of ["", "a.b", "a b", "*", ">", "a/b", "é", "x".repeat(129)]) {
      await expect(log.append(name, bytes(1), { expected: 0, id: "1" })).rejects.toThrow("expects");
      await expect(log.lastOf(name)).rejects.toThrow("expects");
      await expect(log.putBlob(name, bytes(1))).rejects.toThrow("expects");
      await expect(log.getBlob(name)).rejects.toThrow("expects");
      await expect(log.setPointer(name, "1", 0)).rejects.toThrow("expects");
      await expect(log.getPointer(name)).rejects.toThrow("expects");
    }
  });

  law("refuses a body that is too large before it is sent", async (log) => {
    const body = new Uint8Array(log.maxBody + 1);
    await expect(log.append("a", body, { expected: 0, id: "1" })).rejects.toThrow(`at most ${log.maxBody}`);
    const first = await log.append("a", body.subarray(1), { expected: 0, id: "2" });
    expect((await readSome(log, first, 1))[0]!.body.length).toBe(log.maxBody);
  });

  law(
    "loses nothing that was answered, keeps order, and has nothing twice when its server is killed",
    async (log, again) => {
      const each = 60;
      const writers = ["a", "b", "c"];
      const readers = await Promise.all([again(), again()]);
      const reading = readers.map((reader) => readSome(reader, 1, writers.length * each));
      let done = 0;
      const writing = writers.map(async (writer) => {
        const own = await again();
        const answered: number[] = [];
        for (let i = 0; i < each; i++) {
          const expected = answered.at(-1) ?? 0;
          answered.push(await own.append(writer, coded(`${writer} ${i}`), { expected, id: `${i}` }));
          done++;
        }
        return answered;
      });
      for (const share of [0.2, 0.5, 0.8]) {
        while (done < share * writers.length * each) await wait(1);
        await engine.crash!();
      }
      const answered = await Promise.all(writing);
      const [one, other] = await Promise.all(reading);
      expect(one!.map(({ sequence }) => sequence)).toEqual(one!.map((_, i) => i + 1));
      expect(other).toEqual(one);
      for (const [at, writer] of writers.entries()) {
        const own = one!.filter((entry) => entry.writer === writer);
        expect(own.map(({ sequence }) => sequence)).toEqual(answered[at]);
        expect(own.map(({ body }) => textOf(body))).toEqual(answered[at]!.map((_, i) => `${writer} ${i}`));
      }
      await log.putBlob("after", bytes(1));
      expect(await log.getBlob("after")).toEqual(bytes(1));
    },
    "a server",
  );

  law(
    "finishes blobs, pointers and silent readers over a crash of its server",
    async (log, again) => {
      const large = new Uint8Array(2 ** 22).fill(7);
      const reader = await again();
      const silent = readSome(reader, 1, 1);
      await reader.lastOf("a");
      const putting = log.putBlob("large", large);
      const setting = log.setPointer("serving", "1", 0);
      await engine.crash!();
      await putting;
      const revision = await setting;
      expect(await log.getPointer("serving")).toEqual({ value: "1", revision });
      const getting = reader.getBlob("large");
      await engine.crash!();
      expect(Buffer.compare((await getting)!, large)).toBe(0);
      await log.append("a", bytes(1), { expected: 0, id: "1" });
      expect(await silent).toHaveLength(1);
    },
    "a server",
  );

  const strange = (
    sentence: string,
    hold: (
      log: UpdateLog,
      again: () => Promise<UpdateLog>,
      write: (as: string) => Promise<number>,
    ) => Promise<void>,
  ): void =>
    law(
      sentence,
      async (log, again, name) => {
        await log.lastOf("a"); // makes the log
        await hold(log, again, (writer) => engine.writeForeign!(name, writer));
      },
      "a server",
    );

  strange(
    "gives what strangers write a place, the same for all readers, and says that it is foreign",
    async (log, again, write) => {
      let strangers = await write("a");
      const early = readSome(await again(), 1, 3 * strangers + 4);
      let expected = 0;
      for (let i = 0; i < 2; i++) {
        expected = await log.append("a", bytes(i), { expected, id: `${i}` });
        expect(
          await log.append("b", bytes(9), { expected: i === 0 ? 0 : await log.lastOf("b"), id: `${i}` }),
        ).toBe(expected + 1);
        strangers += await write(i === 0 ? "a" : "b");
      }
      const entries = await early;
      expect(await readSome(await again(), 1, entries.length)).toEqual(entries);
      expect(await readSome(log, 5, entries.length - 4)).toEqual(entries.slice(4));
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1));
      const appended = entries.filter(({ foreign }) => !foreign);
      expect(appended.map(({ writer, body }) => [writer, ...body])).toEqual([
        ["a", 0],
        ["b", 9],
        ["a", 1],
        ["b", 9],
      ]);
      const foreign = entries.filter((entry) => entry.foreign);
      expect(foreign.length).toBe(strangers);
      for (const { body } of foreign) expect(body.length).toBe(0);
    },
  );

  strange(
    "still refuses who has missed what was appended, and no one for what strangers wrote",
    async (log, again, write) => {
      const zombie = await again();
      await write("a");
      const first = await log.append("a", bytes(1), { expected: 0, id: "1" });
      await write("a");
      expect(await conflictOf(zombie.append("a", bytes(2), { expected: 0, id: "2" }))).toBe(true);
      expect(await log.append("a", bytes(1), { expected: 0, id: "1" })).toBe(first);
      const second = await log.append("a", bytes(3), { expected: first, id: "3" });
      await write("a");
      expect(await conflictOf(zombie.append("a", bytes(4), { expected: first, id: "4" }))).toBe(true);
      const third = await zombie.append("a", bytes(5), { expected: await zombie.lastOf("a"), id: "5" });
      expect(await conflictOf(log.append("a", bytes(6), { expected: second, id: "6" }))).toBe(true);
      const entries = await readSome(log, 1, third);
      expect(entries.flatMap(({ foreign, body }) => (foreign ? [] : [...body]))).toEqual([1, 3, 5]);
    },
  );

  strange("lets go of what strangers wrote, and still knows who wrote last", async (log, again, write) => {
    const first = await log.append("a", bytes(1), { expected: 0, id: "1" });
    await write("a");
    const other = await log.append("b", bytes(2), { expected: 0, id: "1" });
    await log.purge(other);
    expect((await readSome(await again(), other, 1))[0]).toEqual({
      sequence: other,
      writer: "b",
      body: bytes(2),
    });
    expect((await readSome(await again(), 1, 1))[0]!.sequence).toBe(other);
    expect(await conflictOf(log.append("a", bytes(3), { expected: 0, id: "3" }))).toBe(true);
    expect(await log.append("a", bytes(4), { expected: first, id: "4" })).toBe(other + 1);
    await write("b");
    await log.purge(other + 2);
    const next = await log.append("b", bytes(5), { expected: other, id: "5" });
    expect((await readSome(log, 1, next - other - 1)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: next - other - 1 }, (_, i) => other + 2 + i),
    );
  });

  strange(
    "keeps the order over a crash of its server amid what strangers write",
    async (log, again, write) => {
      const reading = readSome(await again(), 1, 20);
      let expected = 0;
      let strangers = 0;
      for (let i = 0; i < 8; i++) {
        if (i % 4 === 1) {
          strangers += await write("a");
          await engine.crash!();
        }
        expected = await log.append("a", bytes(i), { expected, id: `${i}` });
      }
      const entries = await reading;
      expect(strangers).toBe(12);
      expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, i) => i + 1));
      expect(entries.flatMap(({ foreign, body }) => (foreign ? [] : [...body]))).toEqual([
        0, 1, 2, 3, 4, 5, 6, 7,
      ]);
      expect(await readSome(log, 1, 20)).toEqual(entries);
    },
  );
};
