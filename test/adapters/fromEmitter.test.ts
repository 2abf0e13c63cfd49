import { EventEmitter } from "node:events";
import { type Emitter, fromEmitter } from "rxgrad/sources";
import { expect, it } from "vitest";

it("fromEmitter() lets `capacity` events wait, tells of those it drops, and leaves no listener behind", async () => {
  const emitter = new EventEmitter();
  const [seen, dropped]: [number[], number[]] = [[], []];
  let now = 0;
  const jobs: (() => void)[] = [];
  const scheduler = {
    now: () => now,
    schedule: (job: () => void) => {
      jobs.push(job);
      return { unsubscribe: () => {} };
    },
  };
  const subscription = fromEmitter<number>(emitter, "n", {
    capacity: 3,
    overflow: "dropOldest",
    dropped: (n) => dropped.push(n),
    scheduler,
  }).subscribe((n) => {
    seen.push(n);
    now += 10;
  });
  for (let n = 0; n < 10; n++) emitter.emit("n", n);
  expect(seen.length + dropped.length).toBe(7);
  for (const job of jobs) job();
  expect(seen.at(-1)).toBe([...seen].sort((a, b) => a - b).at(-1));
  expect(emitter.listenerCount("n")).toBe(1);
  subscription.unsubscribe();
  expect(emitter.listenerCount("n")).toBe(0);
});

it("fromEmitter() ends with `end`, and fails with `error`", () => {
  const told: unknown[] = [];
  const observer = {
    next: (item: unknown) => told.push(item),
    complete: () => told.push("end"),
    error: (error: Error) => told.push(error.message),
  };
  const options = { capacity: 10, overflow: "error", end: "close", error: "error" } as const;
  const one = new EventEmitter();
  fromEmitter(one, "n", options).subscribe(observer);
  one.emit("n", 1);
  one.emit("close");
  const other = new EventEmitter();
  fromEmitter(other, "n", options).subscribe(observer);
  other.emit("error", new Error("broken"));
  expect(told).toEqual([1, "end", "broken"]);
  expect([...one.eventNames(), ...other.eventNames()]).toEqual([]);
});

it("fromEmitter() listens to event targets, and refuses what has no listeners", () => {
  const target = new EventTarget();
  const seen: string[] = [];
  const bounds = { capacity: 1, overflow: "error" } as const;
  const subscription = fromEmitter<Event>(target, "turn", bounds).subscribe(({ type }) => seen.push(type));
  target.dispatchEvent(new Event("turn"));
  subscription.unsubscribe();
  target.dispatchEvent(new Event("turn"));
  expect(seen).toEqual(["turn"]);
  expect(() => fromEmitter({} as Emitter, "turn", bounds)).toThrow(
    "an EventEmitter or an EventTarget, got an object",
  );
});
