import { expect, it } from "vitest";
import { random } from "../../src/math/random.ts";
import { fifo } from "../../src/streams/fifo.ts";

it("fifo() gives things out in the order in which they came", () => {
  const line = fifo<number>();
  const plain: number[] = [];
  const dice = random(1);
  for (let i = 0; i < 10_000; i++) {
    if (dice.uniform() < 0.5 + 0.4 * Math.sin(i / 500)) {
      line.push(i);
      plain.push(i);
    } else {
      expect(line.peek()).toBe(plain[0]);
      expect(line.shift()).toBe(plain.shift());
    }
    expect(line.length).toBe(plain.length);
  }
});

it("fifo() lets one in the middle go, and keeps the order of the others", () => {
  const line = fifo<number>();
  for (let i = 0; i < 6; i++) line.push(i);
  line.shift();
  expect([line.remove(2), line.remove(0), line.remove(9)]).toEqual([3, 1, undefined]);
  expect([line.shift(), line.shift(), line.shift(), line.length]).toEqual([2, 4, 5, 0]);
});

it("fifo() is empty after clear(), and can be used again", () => {
  const line = fifo<string>();
  for (const item of ["a", "b", "c"]) line.push(item);
  line.shift();
  line.clear();
  expect([line.length, line.peek(), line.shift()]).toEqual([0, undefined, undefined]);
  line.push("d");
  expect(line.shift()).toBe("d");
});
