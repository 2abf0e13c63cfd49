import { expect, it } from "vitest";
import { turns } from "../../src/graph/turns.ts";

/** Turns of jobs that need no item. */
const started = () => {
  const all = turns();
  return { busy: all.busy, turn: (job: () => void) => all.turn(job, undefined) };
};

it("turns() hands each job its item", () => {
  const seen: string[] = [];
  const { turn } = turns();
  const tell = (item: string) => {
    seen.push(item);
    if (item === "a") turn(tell, "b");
  };
  turn(tell, "a");
  expect(seen).toEqual(["a", "b"]);
});

it("turns() runs a job at once when nothing runs", () => {
  const { turn, busy } = started();
  const seen: unknown[] = [];
  turn(() => seen.push(busy()));
  expect([...seen, busy()]).toEqual([true, false]);
});

it("turns() runs what is asked for meanwhile afterwards, in the order of asking", () => {
  const { turn } = started();
  const seen: string[] = [];
  turn(() => {
    turn(() => {
      turn(() => seen.push("c"));
      seen.push("a");
    });
    turn(() => seen.push("b"));
    seen.push("first");
  });
  expect(seen).toEqual(["first", "a", "b", "c"]);
});

it("turns() gives every job its turn when one throws, and then throws", () => {
  const { turn, busy } = started();
  const seen: string[] = [];
  const attempt = () =>
    turn(() => {
      turn(() => seen.push("waited"));
      throw new Error("one");
    });
  expect(attempt).toThrow("one");
  expect(seen).toEqual(["waited"]);
  expect(busy()).toBe(false);
  turn(() => seen.push("later"));
  expect(seen).toEqual(["waited", "later"]);
});
