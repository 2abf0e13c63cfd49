import { spawnSync } from "node:child_process";
import { Writable } from "node:stream";
import { progress } from "rxgrad/progress";
import { from, lastValueFrom, NEVER, of, range, Subject, throwError, toArray } from "rxjs";
import { expect, test } from "vitest";
import { matrix } from "../../src/math/matrix.ts";

const terminal = (isTTY = true) => {
  const written: string[] = [];
  const stream = Object.assign(
    new Writable({
      write: (chunk, _, done) => {
        written.push(String(chunk));
        done();
      },
    }),
    { isTTY, columns: 80 },
  );
  return { stream, text: () => written.join("") };
};
const escaped = (codes: string): RegExp => new RegExp(`${String.fromCharCode(27)}${codes}`, "g");
/** What stays to be read: the last state of the line. */
const lineOf = (text: string): string =>
  text
    .replace(escaped("\\[\\d*G"), "\r")
    .replace(escaped("(?:\\[[?\\d;]*[A-Za-z]|[78])"), "")
    .split("\r")
    .at(-1)!;

test("progress() passes items on, and shows rows, rate and loss of steps", async () => {
  const { stream, text } = terminal();
  const steps = [
    { id: 0, size: 32, loss: 0.5 },
    { id: 1, size: 8, loss: 0.25 },
  ];
  const passed = await lastValueFrom(from(steps).pipe(progress({ total: 80, stream }), toArray()));
  expect(passed).toEqual(steps);
  expect(lineOf(text())).toMatch(/^[█░]{16} 50 % {2}40\/80 rows {2}\d+ rows\/s {2}loss 0\.250\n$/);
});

test("progress() counts scored rows as rows, and anything else as one", async () => {
  const { stream, text } = terminal();
  const items = [{ prediction: matrix([[1], [2]]) }, { prediction: 7, size: "large" }, "text", null];
  await lastValueFrom(from(items).pipe(progress({ stream })));
  expect(lineOf(text())).toMatch(/^5 rows {2}\d+ rows\/s/);
});

test("progress() shows a line of one's own", async () => {
  const { stream, text } = terminal();
  await lastValueFrom(
    range(1, 3).pipe(progress({ stream, format: ({ item, rows }) => `item ${item} of ${rows}` })),
  );
  expect(lineOf(text())).toBe("item 3 of 3\n");
  const other = terminal();
  await lastValueFrom(range(1, 3).pipe(progress({ stream: other.stream, format: "so far {rows}" })));
  expect(lineOf(other.text())).toBe("so far 3\n");
});

test("progress() is silent where there is no terminal", async () => {
  const { stream, text } = terminal(false);
  expect(await lastValueFrom(range(3).pipe(progress({ total: 3, stream }), toArray()))).toEqual([0, 1, 2]);
  expect(text()).toBe("");
});

test("progress() ends its line before it completes, at an error, and when it is unsubscribed from", () => {
  const ended = (text: string) => expect(text.endsWith("\n")).toBe(true);
  const one = terminal();
  of(1)
    .pipe(progress({ stream: one.stream }))
    .subscribe({ complete: () => ended(one.text()) });
  expect.assertions(4);
  const two = terminal();
  throwError(() => new Error("no more"))
    .pipe(progress({ stream: two.stream }))
    .subscribe({ error: () => ended(two.text()) });
  const three = terminal();
  NEVER.pipe(progress({ stream: three.stream }))
    .subscribe()
    .unsubscribe();
  ended(three.text());
  expect([one, two, three].map(({ text }) => text().split("\n").length)).toEqual([2, 2, 2]);
});

test("progress() keeps its count inside the subscription", async () => {
  const { stream, text } = terminal();
  const shown$ = range(4).pipe(progress({ stream }));
  await lastValueFrom(shown$);
  await lastValueFrom(shown$);
  expect(lineOf(text())).toMatch(/^4 rows/);
});

test("progress() leaves signals alone", () => {
  const { stream } = terminal();
  const before = process.listenerCount("SIGINT");
  const subscription = new Subject<number>().pipe(progress({ stream })).subscribe();
  expect(process.listenerCount("SIGINT")).toBe(before);
  subscription.unsubscribe();
});

test("progress() keeps no process alive", () => {
  const program = `
    const { progress } = await import("rxgrad/progress");
    const { NEVER } = await import("rxjs");
    Object.defineProperty(process.stderr, "isTTY", { value: true });
    NEVER.pipe(progress()).subscribe();
  `;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
    timeout: 30_000,
  });
  expect(status).toBe(0);
  expect(stderr).toContain("0 rows");
});

test("progress() refuses options that make no sense", () => {
  expect(() => progress({ totl: 3 } as never)).toThrow(
    "progress() expects options named total, every, stream, format, got totl",
  );
  expect(() => progress({ total: -1 })).toThrow(
    "progress() expects a whole number of at least 0 as total, got -1",
  );
  expect(() => progress({ every: 0 })).toThrow(
    "progress() expects a whole number of at least 1 as every, got 0",
  );
  expect(() => progress({ stream: {} as never })).toThrow(
    "progress() expects a stream that can be written to, got an object",
  );
  expect(() => progress({ format: 3 as never })).toThrow(
    "progress() expects a text or a function as format, got 3",
  );
});
