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

it("fifo() is empty after clear(), and can be used again", () => {
  const line = fifo<string>();
  for (const item of ["a", "b", "c"]) line.push(item);
  line.shift();
  line.clear();
  expect([line.length, line.peek(), line.shift()]).toEqual([0, undefined, undefined]);
  line.push("d");
  expect(line.shift()).toBe("d");
});
